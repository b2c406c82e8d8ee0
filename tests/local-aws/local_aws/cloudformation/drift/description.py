"""DescribeChangeSet with what ministack leaves out: values, paths, drift.

Values stand in the answer when `IncludePropertyValues` asks for them.
"""

from xml.etree.ElementTree import Element, SubElement, fromstring, register_namespace, tostring

from ministack.services.cloudformation import changesets, handlers, helpers

_NAMESPACE = f"{{{helpers.CFN_NS}}}"
_VALUES = ("BeforeValue", "AfterValue", "Path", "AttributeChangeType")


def install() -> None:
    """Wrap the description."""
    theirs = handlers._ACTION_HANDLERS["DescribeChangeSet"]
    register_namespace("", helpers.CFN_NS)

    def describe(params):
        answer = theirs(params)
        name, stack_name = helpers._p(params, "ChangeSetName"), helpers._p(params, "StackName")
        _, change_set = changesets._find_change_set(name, stack_name)
        if answer[0] != 200 or change_set is None:
            return answer
        with_values = helpers._p(params, "IncludePropertyValues").lower() == "true"
        return answer[0], answer[1], _complete(answer[2], change_set, with_values)

    handlers._ACTION_HANDLERS["DescribeChangeSet"] = describe


def _complete(body: bytes, change_set: dict, with_values: bool) -> bytes:
    root = fromstring(body)
    result = root.find(f"{_NAMESPACE}DescribeChangeSetResult")
    for name in ("DeploymentMode", "StackDriftStatus"):
        if name in change_set:
            _append(result, name, change_set[name])
    members = result.findall(f"{_NAMESPACE}Changes/{_NAMESPACE}member")
    for member, change in zip(members, change_set["Changes"], strict=True):
        old = member.find(f"{_NAMESPACE}ResourceChange")
        member.remove(old)
        _append(member, "ResourceChange", _shown(change["ResourceChange"], with_values))
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _shown(resource: dict, with_values: bool) -> dict:
    if with_values or "Details" not in resource:
        return resource
    details = [
        {**detail, "Target": _without_values(detail["Target"])} for detail in resource["Details"]
    ]
    return {**resource, "Details": details}


def _without_values(target: dict) -> dict:
    return {key: value for key, value in target.items() if key not in _VALUES}


def _append(parent: Element, name: str, value: object) -> None:
    if value is None:
        return
    element = SubElement(parent, f"{_NAMESPACE}{name}")
    if isinstance(value, dict):
        for key, item in value.items():
            _append(element, key, item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _append(element, "member", item)
    else:
        element.text = str(value)

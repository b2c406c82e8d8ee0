"""A template with its functions resolved, as far as the templates here use them. What a resource is
only known as when it exists becomes `<Id>` and `<Id.Attribute>`."""

import re

_NOTHING = object()


class Deployment:
    """A template and the values of its parameters."""

    def __init__(self, template: dict, **parameters: str):
        self._template = template
        self._values = {"AWS::Region": "us-east-1", "AWS::Partition": "aws"}
        self._values["AWS::AccountId"] = "999999999999"
        for name, parameter in template["Parameters"].items():
            self._values[name] = parameters.pop(name, parameter.get("Default"))
            assert self._values[name] is not None, f"{name} has no value"
        assert not parameters, f"there is no parameter {sorted(parameters)}"

    def resources(self, resource_type: str) -> dict[str, dict]:
        """The properties of the resources of a type that exist."""
        return {
            name: self._resolve(resource.get("Properties", {}))
            for name, resource in self._template["Resources"].items()
            if resource["Type"] == resource_type and self._exists(resource)
        }

    def _exists(self, resource: dict) -> bool:
        condition = resource.get("Condition")
        return condition is None or self._holds({"Condition": condition})

    def _holds(self, test: dict) -> bool:
        ((function, arguments),) = test.items()
        match function:
            case "Condition":
                return self._holds(self._template["Conditions"][arguments])
            case "Fn::Equals":
                return self._resolve(arguments[0]) == self._resolve(arguments[1])
            case "Fn::Not":
                return not self._holds(arguments[0])
            case "Fn::Or":
                return any(self._holds(argument) for argument in arguments)
        raise AssertionError(f"{function} is no test")

    def _resolve(self, value: object) -> object:
        if isinstance(value, list):
            items = [self._resolve(item) for item in value]
            return [item for item in items if item is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, arguments),) = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._function(function, arguments)
        items = {key: self._resolve(item) for key, item in value.items()}
        return {key: item for key, item in items.items() if item is not _NOTHING}

    def _function(self, function: str, arguments: object) -> object:
        match function:
            case "Ref":
                if arguments == "AWS::NoValue":
                    return _NOTHING
                return self._values.get(arguments, f"<{arguments}>")
            case "Fn::GetAtt":
                return f"<{'.'.join(arguments)}>"
            case "Fn::Sub":
                return re.sub(r"\$\{([^}]+)\}", lambda it: str(self._named(it[1])), arguments)
            case "Fn::Join":
                return arguments[0].join(self._resolve(arguments[1]))
            case "Fn::Split":
                return self._resolve(arguments[1]).split(arguments[0])
            case "Fn::If":
                holds = self._holds({"Condition": arguments[0]})
                return self._resolve(arguments[1 if holds else 2])
        raise AssertionError(f"{function} is not known here")

    def _named(self, name: str) -> object:
        return self._function("Ref", name) if "." not in name else f"<{name}>"

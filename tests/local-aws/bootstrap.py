"""A custom runtime for the tests. `functions.package` puts BEHAVIOUR and MARK in front of it.

`pid` answers with the process id. `custom-resource` answers custom resources; properties of the
resource say how: `Fail`, `Once` (the first try fails), `Stuck` (the first Delete fails),
`ContentType`, and `Reply` (JSON merged into the reply).
"""

import json
import os
import time
import urllib.error
import urllib.request

BEHAVIOUR = globals().get("BEHAVIOUR", "pid")
MARK = globals().get("MARK", "")
API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/"
SEEN = []
STUCK = {}


def call(url, body=None, method="GET", content_type=""):
    request = urllib.request.Request(url, body, method=method)
    request.add_header("Content-Type", content_type)
    with urllib.request.urlopen(request) as answer:
        return answer.headers, answer.read()


def custom_resource(event):
    """Answer on the response URL; raising makes the invocation fail."""
    properties = event["ResourceProperties"]
    kept = ("RequestType", "PhysicalResourceId", "ResourceProperties", "OldResourceProperties")
    told = {"At": time.time_ns(), **{key: event.get(key) for key in kept}}
    print("EVENT", json.dumps(told), flush=True)
    SEEN.append(event["RequestId"])
    if properties.get("Once") == "true" and SEEN.count(event["RequestId"]) == 1:
        raise RuntimeError("the first try fails")
    identity = [properties.get("Identity", "one"), os.environ["AWS_ACCESS_KEY_ID"]]
    reply = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    reply.update(
        Status="SUCCESS",
        PhysicalResourceId="-".join(identity),
    )
    deletes = STUCK.setdefault(event["LogicalResourceId"], [])
    if event["RequestType"] == "Delete":
        deletes.append(event["RequestId"])
        if properties.get("Stuck") == "true" and len(deletes) == 1:
            reply.update(Status="FAILED", Reason="stuck")
    else:
        reply["Data"] = {
            "Received": json.dumps(properties, sort_keys=True),
            "Mark": MARK,
            "Stream": os.environ["AWS_LAMBDA_LOG_STREAM_NAME"],
        }
        if properties.get("Fail") == "true":
            reply.update(Status="FAILED", Reason="as the template wished")
        for key, value in json.loads(properties.get("Reply", "{}")).items():
            reply.pop(key) if value is None else reply.update({key: value})
    body = json.dumps(reply).encode()
    content_type = properties.get("ContentType", "")
    try:
        call(event["ResponseURL"], body, "PUT", content_type)
    except urllib.error.HTTPError as error:
        print("REFUSED", error.code, error.read().decode(), flush=True)
        call(event["ResponseURL"], body, "PUT")
    return None


def pid(_event):
    """The process that answers."""
    return {"pid": os.getpid()}


while True:
    headers, payload = call(API + "invocation/next")
    invocation = API + "invocation/" + headers["Lambda-Runtime-Aws-Request-Id"]
    try:
        result = {"custom-resource": custom_resource, "pid": pid}[BEHAVIOUR](json.loads(payload))
        call(invocation + "/response", json.dumps(result).encode(), "POST")
    except RuntimeError as error:
        message = {"errorType": "Test", "errorMessage": str(error)}
        call(invocation + "/error", json.dumps(message).encode(), "POST")

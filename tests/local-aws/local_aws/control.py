"""The control surface for tests: settings, faults, holds and calls. Not part of AWS.

GET answers with what is set. PUT on settings changes what the body names and leaves the rest; POST
on faults adds one; POST on a hold releases it; DELETE takes all faults, forgets the calls, or puts
all settings back to their defaults.
"""

import dataclasses
import json

from local_aws import faults, operations, settings
from local_aws.cloudformation import handler_calls


def handle(method: str, path: str, body: bytes) -> tuple[int, bytes]:
    """Status and JSON body."""
    try:
        if path == "/_zeroetl/settings":
            return 200, _json(_settings(method, body))
        if path == "/_zeroetl/faults":
            return 200, _json(_faults(method, body))
        if path.startswith("/_zeroetl/holds"):
            return 200, _json(_holds(method, path.removeprefix("/_zeroetl/holds").strip("/")))
        if path == "/_zeroetl/calls":
            return 200, _json(_calls(method))
    except (ValueError, TypeError) as error:
        return 400, _json({"error": str(error)})
    known = ", ".join(f"/_zeroetl/{name}" for name in ("settings", "faults", "holds", "calls"))
    return 404, _json({"error": f"no {path}; there are {known}"})


def _settings(method: str, body: bytes) -> dict:
    if method == "DELETE":
        settings.reset()
    elif method == "PUT":
        change = json.loads(body)
        for name, value in change.items():
            setattr(settings.current, name, _parsed(name, value))
    elif method != "GET":
        raise ValueError(f"{method} is not GET, PUT or DELETE")
    shown = dataclasses.asdict(settings.current)
    shown["ram_shares"] = sorted(shown["ram_shares"])
    shown["governed"] = ["/".join(entry) for entry in sorted(shown["governed"])]
    return shown


def _parsed(name: str, value: object) -> object:
    known = [field.name for field in dataclasses.fields(settings.Settings)]
    if name.endswith("_seconds") and name != "function_retry_seconds" and name in known:
        return float(value)
    if name == "function_retry_seconds":
        return tuple(float(item) for item in value)
    if name == "ram_shares":
        return {str(account) for account in value}
    if name == "integration_status":
        return {str(arn): str(status) for arn, status in value.items()}
    if name == "governed":
        return {_database(entry) for entry in value}
    raise ValueError(f"no setting '{name}'; there are {', '.join(known)}")


def _database(entry: object) -> tuple[str, str, str]:
    parts = tuple(str(entry).split("/"))
    if len(parts) != 3:
        raise ValueError(f"'{entry}' is not ACCOUNT/REGION/DATABASE")
    return parts


def _faults(method: str, body: bytes) -> list:
    if method == "DELETE":
        faults.clear()
    elif method == "POST":
        fault = faults.Fault(**json.loads(body))
        _known(fault.operation)
        faults.add(fault)
    elif method != "GET":
        raise ValueError(f"{method} is not GET, POST or DELETE")
    return [dataclasses.asdict(fault) for fault in faults.present()]


def _known(operation: str) -> None:
    """A misspelled operation would be a fault that never comes."""
    made_by_handlers = {action.partition(":")[2] for action in handler_calls.actions()}
    known = operations.known() | made_by_handlers | {faults.ANY, operations.RESPONSE}
    if operation not in known:
        raise ValueError(f"no operation '{operation}'")


def _holds(method: str, name: str) -> dict:
    if method == "POST":
        faults.release(name)
    elif method != "GET":
        raise ValueError(f"{method} is not GET or POST")
    return faults.holds()


def _calls(method: str) -> list:
    if method == "DELETE":
        faults.forget_calls()
    elif method != "GET":
        raise ValueError(f"{method} is not GET or DELETE")
    return [dataclasses.asdict(call) for call in faults.calls()]


def _json(value: object) -> bytes:
    return json.dumps(value).encode()

"""The control surface for tests: `/_zeroetl/settings` and `/_zeroetl/faults`. Not part of AWS.

GET answers with what is set. PUT on settings changes what the body names and leaves the rest;
POST on faults adds one; DELETE takes all faults, or puts all settings back to their defaults.
"""

import dataclasses
import json

from local_aws import settings


def handle(method: str, path: str, body: bytes) -> tuple[int, bytes]:
    """Status and JSON body."""
    try:
        if path == "/_zeroetl/settings":
            return 200, _json(_settings(method, body))
        if path == "/_zeroetl/faults":
            return 200, _json(_faults(method, body))
    except (ValueError, TypeError) as error:
        return 400, _json({"error": str(error)})
    return 404, _json({"error": f"no {path}; there are /_zeroetl/settings and /_zeroetl/faults"})


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
    del shown["faults"]
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
        settings.current.faults.clear()
    elif method == "POST":
        settings.current.faults.append(settings.Fault(**json.loads(body)))
    elif method != "GET":
        raise ValueError(f"{method} is not GET, POST or DELETE")
    return [dataclasses.asdict(fault) for fault in settings.current.faults]


def _json(value: object) -> bytes:
    return json.dumps(value).encode()

"""Errors as Glue puts them on the wire."""

import json


class GlueError(Exception):
    """An answer other than success. `code` is the name that SDKs match on."""

    def __init__(self, code: str, message: str, status: int = 400):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status

    def response(self) -> tuple[int, dict, bytes]:
        """Status, headers and body."""
        body = json.dumps({"__type": self.code, "Message": self.message}).encode()
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": self.code}
        return self.status, headers, body


def access_denied(message: str) -> GlueError:
    """The caller, or a policy that AWS consults, does not allow it."""
    return GlueError("AccessDeniedException", message)


def condition_failed(message: str) -> GlueError:
    """A hash or exists condition does not hold."""
    return GlueError("ConditionCheckFailureException", message)


def conflict(message: str) -> GlueError:
    """Something else already has the name, or owns the pair."""
    return GlueError("ConflictException", message)


def invalid_input(message: str) -> GlueError:
    """Well formed, but not acceptable."""
    return GlueError("InvalidInputException", message)


def not_found(message: str) -> GlueError:
    """The entity named in the request does not exist."""
    return GlueError("EntityNotFoundException", message)


def validation(message: str) -> GlueError:
    """Does not fit the service model."""
    return GlueError("ValidationException", message)

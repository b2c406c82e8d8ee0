"""The pre-signed S3 URL that a custom resource answers on.

Like S3: the URL counts byte for byte, a Content-Type breaks the signature, a chunked body is
refused, and the object can be written again; CloudFormation reads the first one.
"""

import os
import secrets
import threading
from dataclasses import dataclass, field
from urllib.parse import quote

PATH = "/_zeroetl/custom-resource-response/"
_KEEP = 500


@dataclass
class Mailbox:
    """One request's answer."""

    url: str
    filled: threading.Event = field(default_factory=threading.Event)
    # Set when the server goes down, so that waiting retries end.
    closed: threading.Event = field(default_factory=threading.Event)
    body: bytes = b""


_lock = threading.Lock()
_mailboxes: dict[str, Mailbox] = {}


def open_mailbox(stack_id: str, logical_id: str, request_id: str) -> Mailbox:
    """A new URL, of the shape CloudFormation's have."""
    name = quote(f"{stack_id}|{logical_id}|{request_id}", safe="")
    query = (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=7200&X-Amz-SignedHeaders=host"
        f"&X-Amz-Signature={secrets.token_hex(32)}"
    )
    target = f"{PATH}{name}?{query}"
    mailbox = Mailbox(f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}{target}")
    with _lock:
        _mailboxes[target] = mailbox
        for old in list(_mailboxes)[:-_KEEP]:
            del _mailboxes[old]
    return mailbox


def put(method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """S3's answer to a request on `target`, the raw path and query."""
    with _lock:
        mailbox = _mailboxes.get(target)
    if mailbox is None:
        return 403, error("SignatureDoesNotMatch", "the URL is not the one that was signed")
    if method != "PUT":
        return 405, error("MethodNotAllowed", "the URL was signed for PUT")
    if headers.get("content-type"):
        return 403, error("SignatureDoesNotMatch", "a Content-Type was sent")
    if "content-length" not in headers:
        return 501, error("NotImplemented", "Transfer-Encoding is not implemented")
    with _lock:
        if not mailbox.filled.is_set():
            mailbox.body = body
            mailbox.filled.set()
    return 200, b""


def error(code: str, message: str) -> bytes:
    """S3's words for an error."""
    return f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()

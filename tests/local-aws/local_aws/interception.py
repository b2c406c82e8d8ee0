"""Faults on requests over HTTP: the answer, the wait, the cut, in each protocol's own words."""

import asyncio
import contextvars
import json
from xml.sax.saxutils import escape

from hypercorn.asyncio import tcp_server
from ministack import app as ministack_app
from ministack.core import responses

from local_aws import faults, operations

_writer: contextvars.ContextVar = contextvars.ContextVar("connection", default=None)
_POLL_SECONDS = 0.01


def install() -> None:
    """Remember each connection, so that it can be cut."""
    theirs = tcp_server.TCPServer.run

    async def run(self):
        _writer.set(self.writer)
        await theirs(self)

    tcp_server.TCPServer.run = run


async def serve(application, scope, receive, send, headers: dict[str, str], key: str) -> None:
    """Serve one request of AWS's API, with what a test put in its way."""
    body = b""
    if operations.needs_body(headers):
        body, receive = await _read(receive)
    path = scope.get("raw_path", scope["path"].encode()).decode("ascii")
    operation = operations.of(
        scope["method"], path, scope["query_string"].decode(), headers, body
    )
    if operation is None:
        await application(scope, receive, send)
        return
    call = faults.Call(operation.service, operation.name, _account(key), faults.API)
    fault = faults.take(call)
    if fault is None:
        await application(scope, receive, send)
    elif not fault.after:
        await wait(fault)
        if fault.fails:
            await _fail(fault, operation.protocol, send)
        else:
            await application(scope, receive, send)
    elif fault.fails:
        await application(scope, receive, _discard)
        await wait(fault)
        await _fail(fault, operation.protocol, send)
    else:
        messages = []
        await application(scope, receive, _collect(messages))
        await wait(fault)
        for message in messages:
            await send(message)


def _account(key: str) -> str:
    """Whose key it is: the account's own, a user's, or a session's of a role."""
    if not key:
        return ""
    owner = responses._account_from_sts_session(key)
    return owner or ministack_app._request_account_scope(key)


async def wait(fault: faults.Fault) -> None:
    """The delay and the hold, while the server goes on."""
    await asyncio.sleep(fault.delay_seconds)
    hold = faults.enter(fault)
    if hold:
        while not hold.released.is_set():
            await asyncio.sleep(_POLL_SECONDS)
        faults.leave(hold)


def cut() -> None:
    """End the connection of the running request without an answer."""
    writer = _writer.get()
    if writer is not None:
        writer.transport.abort()


async def _fail(fault: faults.Fault, protocol: str, send) -> None:
    if fault.cut:
        cut()
        return
    content_type, body = _answer(fault, protocol)
    await send(
        {
            "type": "http.response.start",
            "status": fault.status,
            "headers": [
                (b"content-type", content_type.encode()),
                (b"content-length", str(len(body)).encode()),
                (b"x-amzn-errortype", fault.code.encode()),
                (b"x-amzn-requestid", b"injected"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


def _answer(fault: faults.Fault, protocol: str) -> tuple[str, bytes]:
    code, message = fault.code, fault.message
    if protocol == "json":
        text = json.dumps({"__type": code, "message": message, "Message": message})
        return "application/x-amz-json-1.1", text.encode()
    if protocol == "rest-json":
        return "application/json", json.dumps({"Type": "User", "message": message}).encode()
    inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if protocol == "rest-xml":
        return "application/xml", f"<Error>{inner}</Error>".encode()
    kind = "Sender" if fault.status < 500 else "Receiver"
    text = f"<ErrorResponse><Error><Type>{kind}</Type>{inner}</Error></ErrorResponse>"
    return "text/xml", text.encode()


async def _read(receive) -> tuple[bytes, object]:
    """The whole body, and a `receive` that gives it out once more."""
    messages, body = [], b""
    while True:
        message = await receive()
        messages.append(message)
        body += message.get("body", b"")
        if not message.get("more_body"):
            break

    async def again():
        return messages.pop(0) if messages else await receive()

    return body, again


async def _discard(_message: dict) -> None:
    """The answer of a call whose reply gets lost."""


def _collect(messages: list):
    async def keep(message):
        messages.append(message)

    return keep

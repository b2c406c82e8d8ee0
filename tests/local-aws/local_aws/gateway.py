"""The ASGI application: our own paths first, ministack for everything else."""

from local_aws import caller, control, faults, interception, operations
from local_aws.cloudformation import response_url

_MAX_BODY = 1 << 20


def wrap(ministack):
    """Return the application to serve."""

    async def application(scope, receive, send):
        if scope["type"] != "http":
            await ministack(scope, receive, send)
            return
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        if not scope["path"].startswith("/_zeroetl/"):
            key = caller.pin(headers)
            await interception.serve(ministack, scope, receive, send, headers, key)
            return
        body = await _body(receive)
        raw_path = scope.get("raw_path", scope["path"].encode()).decode("ascii")
        if raw_path.startswith(response_url.PATH):
            target = f"{raw_path}?{scope['query_string'].decode()}"
            replied = await _reply(scope["method"], target, headers, body)
            if replied is None:
                interception.cut()
                return
            status, answer = replied
            content_type = b"application/xml"
        else:
            status, answer = control.handle(scope["method"], raw_path, body)
            content_type = b"application/json"
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [
                    (b"content-type", content_type),
                    (b"content-length", str(len(answer)).encode()),
                ],
            }
        )
        await send({"type": "http.response.body", "body": answer})

    return application


async def _reply(method, target, headers, body) -> tuple[int, bytes] | None:
    """A reply to a custom resource's request; None where the connection is cut instead."""
    fault = faults.take(faults.Call("s3", operations.RESPONSE, "", faults.API))
    if fault and not fault.after:
        await interception.wait(fault)
    answer = None
    if fault is None or fault.after or not fault.fails:
        answer = response_url.put(method, target, headers, body)
    if fault and fault.after:
        await interception.wait(fault)
    if fault and fault.cut:
        return None
    if fault and fault.code:
        return fault.status, response_url.error(fault.code, fault.message)
    return answer


async def _body(receive) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size <= _MAX_BODY:
            parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)

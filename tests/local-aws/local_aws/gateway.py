"""The ASGI application: our own paths first, ministack for everything else."""

from local_aws import caller, control
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
            caller.pin(headers)
            await ministack(scope, receive, send)
            return
        body = await _body(receive)
        raw_path = scope.get("raw_path", scope["path"].encode()).decode("ascii")
        if raw_path.startswith(response_url.PATH):
            target = f"{raw_path}?{scope['query_string'].decode()}"
            status, answer = response_url.put(scope["method"], target, headers, body)
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

"""The environment that ministack and the functions it starts run in.

ministack reads most of its settings when its modules are imported, and a function's process
inherits the server's environment. So everything is set here, before the first import, and
everything that could lead a function to a real AWS account is taken away.
"""

import os
import tempfile
from pathlib import Path

# Settings of the person who starts the server. None may reach a function.
_PERSONAL = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    # ministack's own settings, should the machine have some.
    "EDGE_PORT",
    "SERVICES",
    "USE_SSL",
    "LOCALSTACK_HOSTNAME",
    "LOCALSTACK_PERSISTENCE",
    "PERSIST_STATE",
    "LAMBDA_EXECUTOR",
)


def apply(state_dir: Path, port: int, auth: bool) -> None:
    """Set up `os.environ` for a server on `port` that keeps its files under `state_dir`."""
    for name in _PERSONAL:
        os.environ.pop(name, None)
    for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL_")]:
        del os.environ[name]
    temporary = state_dir / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    absent = str(state_dir / "no-aws-config")
    os.environ.update(
        {
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            # Both would listen on all interfaces.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "STATE_DIR": str(state_dir / "state"),
            "S3_DATA_DIR": str(state_dir / "s3"),
            "TMPDIR": str(temporary),
            "DOCKER_HOST": f"unix://{state_dir}/no-docker.sock",
            "AUTH": "true" if auth else "false",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_CONFIG_FILE": absent,
            "AWS_SHARED_CREDENTIALS_FILE": absent,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }
    )
    os.environ.pop("AWS_ACCESS_KEY_ID", None)
    # `tempfile` remembers the folder it found first.
    tempfile.tempdir = str(temporary)

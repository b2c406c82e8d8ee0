"""Start the local AWS: `python tests/local-aws/serve.py --state-dir DIR`.

Prints one JSON line, `{"endpoint": "http://127.0.0.1:PORT", "pid": N}`, once it takes requests,
and runs until SIGTERM, SIGINT, or the death of the process that started it.
"""

import argparse
import sys
from pathlib import Path

# Nothing is left behind outside the state folder, compiled files included.
sys.dont_write_bytecode = True

from local_aws.server import Options, StartError, serve  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--state-dir", type=Path, required=True, help="everything the server writes goes here"
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 picks a free one")
    parser.add_argument(
        "--auth", action="store_true", help="verify signatures and enforce IAM policies"
    )
    parser.add_argument(
        "--ready-file", type=Path, help="also write the ready line to this file, atomically"
    )
    parser.add_argument(
        "--outlive-parent",
        action="store_true",
        help="keep running when the process that started this one ends",
    )
    arguments = parser.parse_args()
    try:
        return serve(
            Options(
                state_dir=arguments.state_dir.resolve(),
                port=arguments.port,
                auth=arguments.auth,
                ready_file=arguments.ready_file,
                outlive_parent=arguments.outlive_parent,
            )
        )
    except StartError as error:
        print(f"local AWS did not start: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

"""The actions that CloudFormation's own handlers call, per resource type, from the registry schemas
that cfn-lint ships. `codegen` computes from them what a deployer needs.

Without arguments: fails when `codegen/src/permissions/handlers.json` says anything else than the
schemas. With `--write`: brings it up to date; the build then asks for a review of what is new.
"""

import json
import pathlib
import sys

import cfnlint

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "codegen/src/permissions/handlers.json"
SCHEMAS = pathlib.Path(cfnlint.__file__).parent / "data/schemas"
# Where all types of ours are found. Handlers are the same in every Region.
REGION = "us-east-1"
OPERATIONS = ("create", "read", "update", "delete")


def current() -> dict:
    """What the schemas say about the types that the file names."""
    known = json.loads((SCHEMAS / "providers" / f"{REGION}.json").read_text(encoding="utf-8"))
    found = {}
    for name in json.loads(FILE.read_text(encoding="utf-8")):
        schema = json.loads(
            (SCHEMAS / "resources" / f"{known[name]}.json").read_text(encoding="utf-8")
        )
        handlers = schema.get("handlers", {})
        found[name] = {
            operation: sorted(set(handlers[operation]["permissions"]))
            for operation in OPERATIONS
            if operation in handlers
        }
    return found


def main(arguments: list[str]) -> int:
    """Check, or write."""
    text = json.dumps(current(), indent=2) + "\n"
    if "--write" in arguments:
        FILE.write_text(text, encoding="utf-8")
        return 0
    if FILE.read_text(encoding="utf-8") != text:
        print(
            f"`{FILE.relative_to(ROOT)}` is not what the schemas of cfn-lint say; run "
            "`target/venv/bin/python tests/lint/handlers.py --write`, then `cargo test -p "
            "zeroetl-codegen`, which names each action that has to be reviewed",
            file=sys.stderr,
        )
        return 1
    print("handler permissions: as in the schemas of cfn-lint")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

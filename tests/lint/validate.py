"""Runs cloudformation-validate over templates. An error fails, and so does a warning that
`accepted.toml` beside this file does not list with a reason, or an entry there that no longer
matches anything. Information is counted, not shown."""

import pathlib
import sys
import tomllib

from cloudformation_validate import CompositeEngine, Severity

FAILING = {Severity.FATAL, Severity.ERROR, Severity.WARN}
ACCEPTED = pathlib.Path(__file__).with_name("accepted.toml")


def main(templates: list[str]) -> int:
    accepted = tomllib.loads(ACCEPTED.read_text(encoding="utf-8")).get("accepted", [])
    for entry in accepted:
        if not entry.get("reason"):
            sys.exit(f"{ACCEPTED.name}: the entry {entry} has no reason")
    used: set[int] = set()
    failures = 0
    information = 0
    engine = CompositeEngine()
    for template in templates:
        for found in engine.validate_template(template).diagnostics:
            if found.severity not in FAILING:
                information += 1
                continue
            logical_id = found.entity.logical_id if found.entity else ""
            match = next(
                (
                    index
                    for index, entry in enumerate(accepted)
                    if entry["rule"] == found.rule_id
                    and entry["logical_id"] == logical_id
                    and pathlib.PurePath(template).stem == entry["template"]
                ),
                None,
            )
            if match is not None:
                used.add(match)
                continue
            failures += 1
            print(
                f"{template}:{found.start_line}: {found.severity.name} {found.rule_id} "
                f"{logical_id} {found.property_path}: {found.message}"
            )
    for index, entry in enumerate(accepted):
        if index not in used:
            failures += 1
            print(f"{ACCEPTED.name}: {entry['rule']} at {entry['logical_id']} no longer occurs; take the entry out")
    print(f"cloudformation-validate: {len(templates)} templates, {failures} findings, "
          f"{len(used)} accepted with a reason, {information} notes of information")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Runs checkov over templates. A failed check that the template does not skip with a reason fails,
and so does a skip of a check that would not fail.

checkov does not look into what stands under a condition, so each template is looked at as it is,
with all of its conditions met and with all of them unmet. It asks nothing of the network."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import yaml

CASES = "codegen/tests/cases/*/expected/zero-etl/*.json"
SHORTEST_REASON = 40
_NOTHING = object()


def main(paths: list[str]) -> int:
    files = [pathlib.Path(path) for path in paths]
    cases = sorted(pathlib.Path().glob(CASES))
    if not files or not cases:
        sys.exit("checkov: no templates to look at; name them, and run this in the root of the repository")
    problems = []
    skips = {file: skips_of(file, problems) for file in files + cases}
    problems += as_they_are(skips)
    for file, failed in without_skips(files + cases).items():
        skipped = skips[file]
        problems += [f"{file}: {rule} at {at} fails; fix it, or skip it with a reason in the generator"
                     for at, rule in sorted(failed - skipped)]
        problems += [f"{file}: {rule} at {at} is skipped but does not fail; take the skip out of the generator"
                     for at, rule in sorted(skipped - failed)]
    for problem in problems:
        print(problem)
    print(f"checkov: {len(files) + len(cases)} templates, {len(problems)} findings, {sum(map(len, skips.values()))} skipped with a reason")
    return 1 if problems else 0


def as_they_are(skips: dict[pathlib.Path, set[tuple[str, str]]]) -> list[str]:
    """Skips that checkov itself does not take."""
    return [f"{file}: {rule} at {at} fails in spite of its skip"
            for file, at, rule in failures(list(skips)) if (at, rule) in skips[file]]


def without_skips(files: list[pathlib.Path]) -> dict[pathlib.Path, set[tuple[str, str]]]:
    """What would fail in any form of each template."""
    found: dict[pathlib.Path, set[tuple[str, str]]] = {file: set() for file in files}
    with tempfile.TemporaryDirectory() as folder:
        origin = {}
        for index, file in enumerate(files):
            for form, template in enumerate(forms(load(file))):
                path = pathlib.Path(folder, f"{index}-{form}.json")
                path.write_text(json.dumps(template), encoding="utf-8")
                origin[path] = file
        for path, at, rule in failures(list(origin)):
            found[origin[path]].add((at, rule))
    return found


def failures(files: list[pathlib.Path]) -> list[tuple[pathlib.Path, str, str]]:
    """File, resource and rule of each failed check."""
    checkov = pathlib.Path(sys.executable).with_name("checkov")
    command = [checkov, "--framework", "cloudformation", "--skip-download", "--quiet", "--compact",
               "--soft-fail", "--output", "json"]
    command += [part for file in files for part in ("--file", str(file))]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"LOG_LEVEL": "ERROR"})
    if done.returncode != 0:
        sys.exit(f"checkov ended with {done.returncode}:\n{done.stderr}{done.stdout}")
    report = json.loads(done.stdout)
    read, there = report["summary"]["resource_count"], sum(len(load(file)["Resources"]) for file in files)
    if read != there:
        sys.exit(f"checkov read {read} of {there} resources, so it understood not all templates:\n{done.stderr}")
    by_path = {str(file.resolve()): file for file in files}
    return [
        (by_path[str(pathlib.Path(it["file_abs_path"]).resolve())], it["resource"].split(".")[1], it["check_id"])
        for it in report["results"]["failed_checks"]
    ]


def skips_of(file: pathlib.Path, problems: list[str]) -> set[tuple[str, str]]:
    found = set()
    for at, resource in load(file)["Resources"].items():
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
            found.add((at, skip["id"]))
            if len(skip.get("comment", "")) < SHORTEST_REASON:
                problems.append(f"{file}: {skip['id']} at {at} is skipped without a reason")
    return found


def load(file: pathlib.Path) -> dict:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def forms(template: dict) -> list[dict]:
    """As it is, with every condition met, and with none met; all without skips."""
    for resource in template["Resources"].values():
        resource.get("Metadata", {}).pop("checkov", None)
    if "Conditions" not in template:
        return [template]
    return [template, resolved(template, True), resolved(template, False)]


def resolved(template: dict, met: bool) -> dict:
    def there(items: dict) -> dict:
        kept = {key: it for key, it in items.items() if met or "Condition" not in it}
        return {key: {k: chosen(v, met) for k, v in it.items() if k != "Condition"} for key, it in kept.items()}

    sections = {key: it for key, it in template.items() if key not in ("Conditions", "Outputs")}
    return sections | {"Resources": there(template["Resources"])}


def chosen(value: object, met: bool) -> object:
    if isinstance(value, list):
        items = [chosen(it, met) for it in value]
        return [it for it in items if it is not _NOTHING]
    if not isinstance(value, dict):
        return value
    if "Fn::If" in value:
        return chosen(value["Fn::If"][1 if met else 2], met)
    if value.get("Ref") == "AWS::NoValue":
        return _NOTHING
    items = {key: chosen(it, met) for key, it in value.items()}
    return {key: it for key, it in items.items() if it is not _NOTHING}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Lake Formation: the rights that the target role needs once the database is governed by it."""

from local_aws import lake_formation, world
from local_aws.checks.pair import Pair, Problem
from local_aws.checks.target import registered_role
from local_aws.iam import evaluate

_PREAMBLE = (
    "Authorization failed because the target role does not have access to the target database "
    "due to Lake Formation permissions: "
)


def problems(pair: Pair) -> list[Problem]:
    """Everything that the role lacks; nothing while IAM alone governs the database."""
    bucket, prefix = pair.location() or ("", "")
    location = f"arn:aws:s3:::{bucket}/{prefix}".rstrip("/")
    account, region = pair.target_account, pair.region
    role_arn = registered_role(pair)
    if role_arn is None or not lake_formation.governs(account, region, pair.database, location):
        return []
    missing = []
    held = lake_formation.permissions(account, region, role_arn, "database", pair.database)
    if "ALL" not in held:
        wanted = lake_formation.DATABASE_PERMISSIONS
        missing += [f"{name} on {pair.database}" for name in wanted if name not in held]
    if lake_formation.registration(account, region, location):
        on_location = lake_formation.permissions(account, region, role_arn, "location", location)
        if "DATA_LOCATION_ACCESS" not in on_location:
            missing.append(f"DATA_LOCATION_ACCESS on {location}")
    role = world.role(role_arn)
    request = evaluate.Request("lakeformation:GetDataAccess", "*")
    decision = evaluate.decide_sides(role.sides if role else [[]], request)
    if decision is not evaluate.Decision.ALLOWED:
        missing.append("lakeformation:GetDataAccess in its IAM policies")
    return [
        Problem("LakeFormationPermissionDenied", f"{_PREAMBLE}target role {role_arn} lacks {item}")
        for item in missing
    ]

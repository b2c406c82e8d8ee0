"""Lake Formation as far as zero-ETL touches it: registered locations and grants to principals."""

from dataclasses import dataclass, field

from local_aws import settings

DATABASE_PERMISSIONS = ("CREATE_TABLE", "DESCRIBE", "ALTER", "DROP")


@dataclass
class Catalog:
    """One account's Lake Formation in one Region."""

    # Location ARN (arn:aws:s3:::bucket/prefix) -> how it is registered.
    locations: dict[str, dict] = field(default_factory=dict)
    # (principal, kind, resource) -> permissions; kind is "database" or "location".
    grants: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)


_catalogs: dict[tuple[str, str], Catalog] = {}


def catalog(account: str, region: str) -> Catalog:
    """The account's Lake Formation in a Region."""
    return _catalogs.setdefault((account, region), Catalog())


def clear() -> None:
    """Forget everything."""
    _catalogs.clear()


def registration(account: str, region: str, location: str) -> str | None:
    """The registered location that covers an S3 ARN, if any."""
    return next(
        (known for known in catalog(account, region).locations if _covers(known, location)), None
    )


def governs(account: str, region: str, database: str, location: str) -> bool:
    """Whether Lake Formation, not IAM alone, decides about a database.

    Stricter than AWS: a registered location governs even while IAMAllowedPrincipals holds rights.
    """
    marked = (account, region, database) in settings.current.governed
    return marked or registration(account, region, location) is not None


def permissions(account: str, region: str, principal: str, kind: str, resource: str) -> set[str]:
    """What was granted to a principal; a location grant covers everything below it."""
    found: set[str] = set()
    for (grantee, what, target), granted in catalog(account, region).grants.items():
        same = target == resource or (kind == "location" and _covers(target, resource))
        if grantee == principal and what == kind and same:
            found |= granted
    return found


def _covers(registered: str, location: str) -> bool:
    prefix = registered.rstrip("/")
    return location.rstrip("/") == prefix or location.startswith(f"{prefix}/")

"""What Glue remembers, per account and Region. In memory; gone with the process."""

import threading
from dataclasses import dataclass, field

from ministack.core.responses import get_account_id, get_region
from ministack.services import glue as ministack_glue


@dataclass
class CatalogPolicy:
    """The one resource policy of a Data Catalog."""

    text: str
    hash: str
    created: float
    updated: float


@dataclass
class Region:
    """One account's Glue in one Region."""

    account: str
    name: str
    policy: CatalogPolicy | None = None
    # (ResourceArn, TableName) -> {"SourceTableConfig": ..., "TargetTableConfig": ...}
    table_properties: dict[tuple[str, str], dict] = field(default_factory=dict)
    # ResourceArn -> the properties as the API returns them
    resource_properties: dict[str, dict] = field(default_factory=dict)

    @property
    def arn_prefix(self) -> str:
        """What every Glue ARN of this catalog starts with."""
        return f"arn:aws:glue:{self.name}:{self.account}:"

    @property
    def catalog_arn(self) -> str:
        """The root catalog."""
        return f"{self.arn_prefix}catalog"


LOCK = threading.RLock()
_regions: dict[tuple[str, str], Region] = {}
# Integrations live in the source account and are seen from two, so they are kept in one place.
integrations: dict[str, dict] = {}


def region(account: str, name: str) -> Region:
    """The state of an account in a Region."""
    return _regions.setdefault((account, name), Region(account, name))


def here() -> Region:
    """The state of the account and Region that the running request addresses."""
    return region(get_account_id(), get_region())


def set_tags(arn: str, tags: list[dict] | None) -> None:
    """Tags of an integration or resource property, where ministack's GetTags finds them."""
    if tags:
        ministack_glue._tags[arn] = {tag["key"]: tag.get("value", "") for tag in tags}
    else:
        ministack_glue._tags.pop(arn, None)


def clear() -> None:
    """Forget everything."""
    with LOCK:
        _regions.clear()
        integrations.clear()

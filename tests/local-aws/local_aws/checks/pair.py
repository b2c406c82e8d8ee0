"""The two ends of an integration, taken apart once."""

from dataclasses import dataclass
from urllib.parse import urlparse

from local_aws.glue import catalog


@dataclass(frozen=True)
class Problem:
    """One thing that keeps an integration from running. The codes are ours, not AWS's."""

    code: str
    message: str

    def as_error(self) -> dict:
        """As DescribeIntegrations shows it."""
        return {"ErrorCode": self.code, "ErrorMessage": self.message[:2048]}


@dataclass(frozen=True)
class Pair:
    """A DynamoDB table in the source account and a Glue database in the target account."""

    integration_arn: str
    source_arn: str
    target_arn: str

    @property
    def source_account(self) -> str:
        return self.source_arn.split(":")[4]

    @property
    def target_account(self) -> str:
        return self.target_arn.split(":")[4]

    @property
    def region(self) -> str:
        return self.target_arn.split(":")[3]

    @property
    def table(self) -> str:
        return self.source_arn.rpartition("/")[2]

    @property
    def database(self) -> str:
        return catalog.database_name(self.target_arn) or ""

    @property
    def catalog_arn(self) -> str:
        return f"arn:aws:glue:{self.region}:{self.target_account}:catalog"

    def database_record(self) -> dict | None:
        """The database, if it exists."""
        return catalog.database(self.target_account, self.region, self.database)

    def location(self) -> tuple[str, str] | None:
        """Bucket and prefix of the database, the prefix without slashes around it."""
        record = self.database_record() or {}
        address = urlparse(record.get("LocationUri") or "")
        if address.scheme not in ("s3", "s3a", "s3n") or not address.netloc:
            return None
        return address.netloc, address.path.strip("/")

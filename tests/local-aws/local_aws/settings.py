"""What a test can switch: see `control.py` for how it is set. Read anywhere, changed only there."""

from dataclasses import dataclass, field


@dataclass
class Settings:
    """Everything with its default."""

    # How long an integration stays in CREATING and MODIFYING, and in DELETING.
    integration_create_seconds: float = 0.2
    integration_delete_seconds: float = 0.5
    # How long a drift detection is in progress.
    drift_detection_seconds: float = 0.05
    # When Lambda tries an asynchronous invocation again whose function failed.
    function_retry_seconds: tuple[float, ...] = (60.0, 120.0)
    # Accounts that share catalog resources through Lake Formation and RAM.
    ram_shares: set[str] = field(default_factory=set)
    # (account, Region, database): governed by Lake Formation.
    governed: set[tuple[str, str, str]] = field(default_factory=set)
    # Integration ARN -> the status to show instead of ACTIVE or NEEDS_ATTENTION.
    integration_status: dict[str, str] = field(default_factory=dict)


current = Settings()


def reset() -> None:
    """Back to the defaults."""
    global current
    current = Settings()


def has_ram_shares(account: str) -> bool:
    """Whether PutResourcePolicy needs EnableHybrid in this account."""
    return account in current.ram_shares

"""What a test can switch: see `control.py` for how it is set. Read anywhere, changed only there."""

import threading
import time
from dataclasses import dataclass, field


@dataclass
class Fault:
    """An answer to give instead of the real one, for the next `times` matching calls."""

    operation: str
    code: str
    message: str = "injected"
    status: int = 400
    times: int = 1
    account: str | None = None
    # Do the work first, then answer with the error: a reply that got lost.
    after: bool = False
    delay_seconds: float = 0.0


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
    faults: list[Fault] = field(default_factory=list)


_lock = threading.Lock()
current = Settings()


def reset() -> None:
    """Back to the defaults."""
    global current
    current = Settings()


def has_ram_shares(account: str) -> bool:
    """Whether PutResourcePolicy needs EnableHybrid in this account."""
    return account in current.ram_shares


def take_fault(operation: str, account: str) -> Fault | None:
    """The fault for this call, if one is waiting; uses it up and waits out its delay."""
    with _lock:
        found = next(
            (
                fault
                for fault in current.faults
                if fault.operation == operation and fault.account in (None, account)
            ),
            None,
        )
        if found is None:
            return None
        found.times -= 1
        if found.times <= 0:
            current.faults.remove(found)
    if found.delay_seconds:
        time.sleep(found.delay_seconds)
    return found

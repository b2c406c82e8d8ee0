"""Faults and holds: what tests put in the way of a call.

A call is looked up by the name of its operation before it is made, and again when it is done. It
can be answered with an error, delayed, held until it is released, or cut off without an answer.
"""

import threading
import time
from dataclasses import dataclass, field

API, HANDLER = "api", "handler"
ANY = "*"
_KEEP_CALLS = 10_000


@dataclass
class Fault:
    """What happens to the next `times` matching calls, after the first `skip` went through."""

    operation: str
    code: str = ""
    message: str = "injected"
    status: int = 400
    times: int = 1
    skip: int = 0
    account: str | None = None
    service: str | None = None
    # `api`: a request over HTTP; `handler`: a call that CloudFormation makes.
    by: str | None = None
    # Do the work first, then answer with the error: a reply that got lost.
    after: bool = False
    # Close the connection without an answer.
    cut: bool = False
    delay_seconds: float = 0.0
    # The name of a hold; the call goes on when it is released.
    hold: str | None = None

    @property
    def fails(self) -> bool:
        """Whether the call does not get its own answer."""
        return bool(self.code) or self.cut


@dataclass(frozen=True)
class Call:
    """One call, as it is matched and remembered."""

    service: str
    operation: str
    account: str
    by: str


@dataclass
class Hold:
    """Calls wait here until a test releases them."""

    released: threading.Event = field(default_factory=threading.Event)
    waiting: int = 0


_lock = threading.Lock()
_faults: list[Fault] = []
_holds: dict[str, Hold] = {}
_calls: list[Call] = []


def add(fault: Fault) -> None:
    """Put one more in the way. A fault with a hold makes the hold, unreleased."""
    if fault.by not in (None, API, HANDLER):
        raise ValueError(f"`by` is '{fault.by}'; `{API}` and `{HANDLER}` are known")
    with _lock:
        _faults.append(fault)
        if fault.hold:
            _holds[fault.hold] = Hold()


def present() -> list[Fault]:
    """Those that are not used up."""
    return list(_faults)


def clear() -> None:
    """Take all out of the way, and let everything go on that is held."""
    with _lock:
        _faults.clear()
        for hold in _holds.values():
            hold.released.set()
        _holds.clear()


def holds() -> dict[str, dict]:
    """How many calls wait at each hold."""
    with _lock:
        return {
            name: {"waiting": hold.waiting, "released": hold.released.is_set()}
            for name, hold in _holds.items()
        }


def release(name: str) -> None:
    """Let the calls at a hold go on, and those that come later."""
    if name not in _holds:
        raise ValueError(f"no hold '{name}'; there are {', '.join(_holds) or 'none'}")
    _holds[name].released.set()


def calls() -> list[Call]:
    """What was called since the last look was forgotten."""
    return list(_calls)


def forget_calls() -> None:
    """Start to remember again."""
    _calls.clear()


def take(call: Call) -> Fault | None:
    """Remember the call, and use up the fault that is meant for it."""
    with _lock:
        _calls.append(call)
        del _calls[:-_KEEP_CALLS]
        for fault in _faults:
            if not _matches(fault, call):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                _faults.remove(fault)
            return fault
    return None


def _matches(fault: Fault, call: Call) -> bool:
    return (
        fault.operation in (ANY, call.operation)
        and fault.account in (None, call.account)
        and fault.service in (None, call.service)
        and fault.by in (None, call.by)
    )


def wait(fault: Fault) -> None:
    """The delay and the hold of a fault, on a thread that may wait."""
    time.sleep(fault.delay_seconds)
    hold = enter(fault)
    if hold:
        hold.released.wait()
        leave(hold)


def enter(fault: Fault) -> Hold | None:
    """The hold of a fault, counted as waited at."""
    hold = _holds.get(fault.hold) if fault.hold else None
    if hold:
        with _lock:
            hold.waiting += 1
    return hold


def leave(hold: Hold) -> None:
    """No longer waited at."""
    with _lock:
        hold.waiting -= 1

"""Proof that this process listens on loopback only, read from the kernel's socket tables."""

import os
from pathlib import Path

_LISTEN = "0A"
_LOOPBACK_V6 = "00000000000000000000000001000000"
_MAPPED_V4 = "0000000000000000FFFF0000"


def verify() -> None:
    """Raise `StartError` if any listening socket of this process is open to the network."""
    from local_aws.server import StartError

    ours = _own_socket_inodes()
    for table in ("/proc/self/net/tcp", "/proc/self/net/tcp6"):
        path = Path(table)
        if not path.exists():
            continue
        for row in path.read_text(encoding="ascii").splitlines()[1:]:
            columns = row.split()
            local, state, inode = columns[1], columns[3], columns[9]
            if state == _LISTEN and inode in ours and not is_loopback(local.rsplit(":", 1)[0]):
                raise StartError(f"a socket listens beyond loopback: {local} in {table}")


def is_loopback(address: str) -> bool:
    """Whether an address, as the kernel prints it (little-endian hex words), is loopback."""
    if len(address) == 8:
        return address.endswith("7F")
    if address == _LOOPBACK_V6:
        return True
    return address.startswith(_MAPPED_V4) and address.endswith("7F")


def _own_socket_inodes() -> set[str]:
    inodes = set()
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{descriptor}")
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[len("socket:[") : -1])
    return inodes

"""Lambda functions for the tests: a `provided.al2023` bootstrap that the machine can run."""

import io
import sys
import zipfile
from pathlib import Path

_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")


def package(behaviour: str, mark: str = "") -> bytes:
    """A deployment package whose bootstrap behaves as named; `mark` tells two versions apart."""
    source = _BOOTSTRAP.read_text(encoding="utf-8")
    text = f"#!{sys.executable} -B\nBEHAVIOUR, MARK = {behaviour!r}, {mark!r}\n{source}"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, text)
    return buffer.getvalue()

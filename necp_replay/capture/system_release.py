"""Which XNU release the running system is, as its kernel says."""

from __future__ import annotations

import platform
import re
from typing import Final

IS_DARWIN: Final = platform.system() == "Darwin"
"""Whether this system has an XNU kernel. A function, so that a type checker checks both cases."""
_TAG: Final = re.compile(r"\bxnu-[0-9]+(?:\.[0-9]+)*")


def running_release() -> str | None:
    """The tag in the version of the running kernel; None where it is not XNU."""
    if not IS_DARWIN:
        return None
    found = _TAG.search(platform.version())
    return found.group() if found else None

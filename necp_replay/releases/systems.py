"""Which systems shipped with the modelled releases, by the names people know them under."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Systems:
    """Versions of Darwin, macOS and iOS. That of iOS is of the same cycle, so approximate."""

    darwin: str
    macos: str
    ios: str


SYSTEMS: Final[dict[str, Systems]] = {
    "xnu-4570.41.2": Systems("17.4.0", "10.13.3", "11.2.5"),
    "xnu-4570.51.1": Systems("17.5.0", "10.13.4", "11.3"),
}
"""Every modelled release by its tag. Source: config/MasterVersion of each tag, release notes."""

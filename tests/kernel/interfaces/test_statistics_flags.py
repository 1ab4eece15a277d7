"""The flags by which statistics know an interface."""

from __future__ import annotations

import pytest

from necp_replay.events.interfaces import IfaceAttach
from necp_replay.kernel.interfaces.handle import handle_interface
from necp_replay.kernel.interfaces.statistics_flags import statistics_flags
from tests.kernel.network import interface, make_kernel

WIFI, COMPANION = 3, 7
LOW_LATENCY, IS_VPN = 0x400, 0x10000


@pytest.mark.parametrize(
    ("release", "kind", "xflags", "flags"),
    [
        ("xnu-10002.61.3", WIFI, 0, 0x8),
        ("xnu-10063.101.15", WIFI, 0, 0x10008),
        ("xnu-8019.61.5", WIFI, LOW_LATENCY, 0x8),
        ("xnu-8019.80.24", WIFI, LOW_LATENCY, 0x8008),
        ("xnu-10063.101.15", COMPANION, 0, 0x200),
        ("xnu-11215.1.10", COMPANION, 0, 0x40200),
        ("xnu-11215.1.10", WIFI, IS_VPN, 0x10088),
    ],
)
def test_later_releases_tell_more(release: str, kind: int, xflags: int, flags: int) -> None:
    kernel = make_kernel(release)
    event = IfaceAttach(4, "if0", functional_type=kind, xflags=xflags)
    assert handle_interface(kernel, event).errno == 0
    assert statistics_flags(kernel.profile, interface(kernel, 4)) == flags

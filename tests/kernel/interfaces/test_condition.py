"""In which condition an interface is, as results tell it."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientResultFlag
from tests.kernel.builders import REMOTE, make_laptop, update

LINK_HEURISTICS = ClientResultFlag.LINK_HEURISTICS


@pytest.mark.parametrize(("name", "told"), [("cellular", True), ("wired", False)])
def test_link_heuristics_are_told_of_cellular_interfaces(name: str, told: bool) -> None:
    laptop = make_laptop("xnu-11417.121.6")
    interface = getattr(laptop, name)
    client = laptop.fd.add(remote=REMOTE, bound_interface=interface.name)
    assert LINK_HEURISTICS not in client.copy_result().flags
    interface.update(xflags_or=("LINK_HEURISTICS",))
    update(laptop)
    assert bool(client.copy_updated_result().flags & LINK_HEURISTICS) is told

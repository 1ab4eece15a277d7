"""How single effects read in reports and goldens."""

from __future__ import annotations

import pytest

from necp_replay.events.effects import Log
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_effects import effect_node


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (Log(3, "necp_open"), "err necp_open"),
        (Log(5, None), "notice -"),
        (Log(9, "f"), "9 f"),
        (Log(0, "netagent_use", os_log_type=16), "os_log:error netagent_use"),
        (Log(0, None, os_log_type=0), "os_log:default -"),
        (Log(0, "f", os_log_type=99), "os_log:99 f"),
        (Log(3, "f", 22), "err f error=22"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_log_record_shows_its_level_or_its_type(record: Log, text: str) -> None:
    node = effect_node(record, StableNames(), beyond_vectors=True)
    assert (node.key, node.value) == ("log", text)

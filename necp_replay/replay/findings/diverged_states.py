"""The difference of a state whose hash is not the recorded one."""

from __future__ import annotations

from necp_replay.events.state_hash import StateHash
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import STATE_KIND, RecordDifference, Truth


def diverged_state(
    number: int, recorded: StateHash, actual: StateHash, same_until: int
) -> RecordDifference:
    """The difference of the state after a record.

    ``same_until`` is the last record before it whose hash was the same, 0 for none.
    """
    title = f"state after record {number}"
    if same_until:
        title += f", the same after record {same_until}"
    field = FieldDifference(Layer.STATE, "state_hash", str(recorded), str(actual))
    return RecordDifference(None, title, STATE_KIND, Truth.RECORDED, [field])

"""Assertions of the radio manager in vectors that write a number for a truth value."""

from __future__ import annotations

import io
import json

import pytest

from necp_replay.events.notifications import AssertBbRadioManager
from necp_replay.importers.vectors import read_vector


@pytest.mark.parametrize(("written", "on"), [(0, True), (1, True), (False, False), (True, True)])
def test_any_number_means_that_the_radio_manager_is_asserted(written: int, on: bool) -> None:
    lines = (
        {"vectors": 1, "release": "xnu-8019.41.5", "name": "test"},
        {
            "op": "assert_bb_radio_manager",
            "client_id": "7ace40aa0ffb43228ce5a41f1fcd5d36",
            "on": written,
            "out": {"errno": 2, "effects": []},
        },
    )
    text = "".join(json.dumps(line) + "\n" for line in lines)
    _, operations = read_vector(io.BytesIO(text.encode()), "test")
    ((step, _),) = operations
    assert isinstance(step.input, AssertBbRadioManager)
    assert step.input.on is on

"""Explanations say what changed since a client's evaluation before, and since this one."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.explain.explanation import ChangesShown
from necp_replay.explain.record import explain_record

VPN = Path(__file__).parents[2] / "traces" / "policies" / "vpn.necptrace"


def records(shown: ChangesShown | None) -> tuple[int, list[tuple[int, str]]]:
    assert shown is not None
    assert shown.earlier == 0
    return shown.since, [(each.record, each.title.split()[0]) for each in shown.changes]


CHANGES = [(29, "route_delete"), (30, "iface_detach"), (31, "route_add")]


def test_an_evaluation_tells_what_changed_since_the_one_before() -> None:
    (client,) = explain_record(VPN, None, client="#2").clients
    assert records(client.changed_before) == (24, CHANGES)
    assert client.changed_after is None


@pytest.mark.parametrize(("record", "changes"), [(26, []), (33, CHANGES)])
def test_a_later_record_tells_what_has_changed_since(
    record: int, changes: list[tuple[int, str]]
) -> None:
    (client,) = explain_record(VPN, record).clients
    if record == 26:
        assert client.changed_before is None, "its first evaluation"
        assert records(client.changed_after) == (23, changes)
    else:
        assert records(client.changed_before) == (23, changes)
        assert records(client.changed_after) == (32, [])

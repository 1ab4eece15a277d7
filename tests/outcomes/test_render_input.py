"""The title of a record."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.events.processes import ProcUpdate, Sandbox
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import title


@pytest.mark.parametrize(
    ("sandbox", "text"),
    [
        (Sandbox(), "{}"),
        (Sandbox(denies_open=True), "{denies_open}"),
        (Sandbox(allowed_actions=()), "{allows:[]}"),
        (Sandbox(allowed_actions=(int(ClientAction.ADD), 99)), "{allows:[ADD,99]}"),
        (
            Sandbox(denies_open=True, denied_privileges=(10006, 5)),
            "{denies_open,denies:[PRIV_NET_PRIVILEGED_NECP_MATCH,5]}",
        ),
    ],
)
def test_a_sandbox_is_shown_by_what_it_denies(sandbox: Sandbox, text: str) -> None:
    assert title(ProcUpdate(7, sandbox=sandbox), StableNames()) == (
        f"proc_update pid=7 sandbox={text}"
    )

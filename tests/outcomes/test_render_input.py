"""The title of a record."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.events.agents import NetagentRegister
from necp_replay.events.inputs import Input
from necp_replay.events.notifications import InjectNexusFlow
from necp_replay.events.processes import ProcUpdate, Sandbox
from necp_replay.events.routes import RouteAdd
from necp_replay.events.syscalls import NecpOpen
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import arguments_of, title
from necp_replay.scenario.addresses import sockaddr

LOCAL = sockaddr("192.0.2.10:50000")


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


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        (RouteAdd("to the office", "10.0.0.0"), 'route_add id="to the office" dest=10.0.0.0'),
        (NecpOpen(100, 4), "necp_open pid=100 flags=0x4(PUSH_OBSERVER)"),
        (
            NetagentRegister("vpn", domain=b"Domain", type=b"Type", desc=b"\xff"),
            'netagent_register session=vpn domain="Domain" type="Type" desc=0xff',
        ),
        (
            InjectNexusFlow(bytes(15) + b"\1", local=LOCAL, remote=LOCAL[:8]),
            "inject_nexus_flow client_id=00000000000000000000000000000001"
            " local=192.0.2.10:50000 remote=192.0.2.10:50000(8bytes)",
        ),
        (
            InjectNexusFlow(bytes(15) + b"\1", local=b"\x10\x63\0\1"),
            "inject_nexus_flow client_id=00000000000000000000000000000001 local=0x10630001",
        ),
    ],
)
def test_texts_and_addresses_can_be_read(event: Input, shown: str) -> None:
    assert title(event, StableNames()) == shown


def test_arguments_are_those_of_the_title_with_texts_as_they_are() -> None:
    route = RouteAdd("to the office", "10.0.0.0", gateway="\x1b")
    assert dict(arguments_of(route, StableNames())) == {
        "id": "to the office",
        "dest": "10.0.0.0",
        "gateway": r"\x1b",
    }
    flow = InjectNexusFlow(bytes(16), local=LOCAL)
    assert dict(arguments_of(flow, StableNames()))["local"] == "192.0.2.10:50000"


def test_sixteen_bytes_that_are_a_generated_id_have_its_name() -> None:
    names = StableNames()
    text = b"sixteen letters!"
    assert title(NetagentRegister("vpn", domain=text), names).endswith('domain="sixteen letters!"')
    names.learn_ids([text, LOCAL[:16]])
    assert title(NetagentRegister("vpn", domain=text), names).endswith("domain=#1")
    assert title(InjectNexusFlow(bytes(16), local=LOCAL[:16]), names).endswith("local=#2")

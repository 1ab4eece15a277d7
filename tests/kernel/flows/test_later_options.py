"""What clients may use, and are told of the background, from xnu-6153 on."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientParameterFlag, ClientResult
from necp_replay.abi.netagent import AgentFlag
from necp_replay.events.notifications import InjectNexusFlow
from necp_replay.scenario.keywords import ClientParameters
from tests.kernel.builders import REMOTE, Laptop, make_laptop, update

AGENT = bytes([0xA1]) * 16
BROWSING = AgentFlag.SUPPORTS_BROWSE | AgentFlag.ACTIVE
BROWSER = ClientParameterFlag.BROWSE
LISTENER = ClientParameterFlag.LISTENER
MULTIPATH = ClientParameterFlag.MULTIPATH


def options(laptop: Laptop, parameters: ClientParameters) -> list[int]:
    client = laptop.client(laptop.fd.add(**parameters))
    return [option.index for option in client.interface_options or ()]


@pytest.mark.parametrize(
    ("release", "parameters", "expected"),
    [
        ("xnu-4903.270.47", ClientParameters(flags=LISTENER, bound_interface="en5"), []),
        ("xnu-6153.11.26", ClientParameters(flags=LISTENER, bound_interface="en5"), [5]),
        ("xnu-4903.270.47", ClientParameters(flags=MULTIPATH, bound_interface="en5"), [4, 5, 6]),
        ("xnu-6153.11.26", ClientParameters(flags=MULTIPATH, bound_interface="en5"), [5]),
        ("xnu-6153.11.26", ClientParameters(flags=MULTIPATH), [4, 5, 6]),
    ],
)
def test_a_scope_limits_what_a_client_may_use(
    release: str, parameters: ClientParameters, expected: list[int]
) -> None:
    assert options(make_laptop(release), parameters) == expected


@pytest.mark.parametrize(("release", "expected"), [("xnu-6153.41.3", []), ("xnu-6153.101.6", [5])])
def test_a_browser_may_use_interfaces_with_an_agent_to_browse_with(
    release: str, expected: list[int]
) -> None:
    laptop = make_laptop(release)
    laptop.system.add_agent("browser", uuid=AGENT, flags=BROWSING | AgentFlag.REGISTERED)
    laptop.wired.add_agent(AGENT)
    assert options(laptop, ClientParameters(flags=BROWSER)) == expected


def test_a_process_in_the_background_is_told_by_the_timer() -> None:
    laptop = make_laptop("xnu-6153.11.26")
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(InjectNexusFlow(client.client_id, assigned=True))
    laptop.fd.set_background()
    assert client.copy_result().number(ClientResult.TRAFFIC_MGMT_BG) is None
    update(laptop)
    assert client.copy_result().number(ClientResult.TRAFFIC_MGMT_BG) == 1
    update(laptop)
    assert client.copy_result().number(ClientResult.TRAFFIC_MGMT_BG) == 1
    laptop.fd.set_background(False)
    update(laptop)
    assert client.copy_result().number(ClientResult.TRAFFIC_MGMT_BG) is None

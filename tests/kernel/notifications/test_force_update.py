"""An agent makes a client look at its flows again."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientResult
from necp_replay.events.effects import Wake
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.events.notifications import ForceUpdateClient
from necp_replay.events.outcome import Panicked
from tests.kernel.builders import REMOTE, effects_of, make_laptop, tlv_types


def test_the_flows_become_unread_and_the_result_stays_read() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    client.copy_result()
    answer = laptop.system.submit(ForceUpdateClient(client.client_id))
    assert effects_of(answer, Wake)
    state = laptop.client(client)
    assert (state.result_read, state.flow_result_read) == (1, 0)


def test_an_agent_is_taken_out_of_the_result_and_the_rest_closes_up() -> None:
    laptop = make_laptop()
    agents = [laptop.system.add_agent(name).uuid for name in ("a", "b")]
    laptop.wifi.update(IfaceUpdate(0, agents=tuple(agents)))
    client = laptop.fd.add(remote=REMOTE)
    before = client.copy_result().buffer
    laptop.system.submit(ForceUpdateClient(client.client_id, agents[0]))
    after = client.copy_result()
    assert after.buffer == before[:-50] + before[-25:]
    assert tlv_types(after.buffer).count(ClientResult.NETAGENT) == 1


def test_an_unknown_client_is_ignored() -> None:
    answer = make_laptop().system.submit(ForceUpdateClient(bytes(16)))
    assert (answer.errno, answer.effects) == (0, ())


@pytest.mark.parametrize("is_listed", [True, False])
def test_taking_an_agent_out_of_a_result_that_outgrew_its_buffer_panics(is_listed: bool) -> None:
    laptop = make_laptop()
    agents = tuple(laptop.system.add_agent(f"a{number}").uuid for number in range(20))
    laptop.wifi.update(IfaceUpdate(0, agents=agents))
    client = laptop.fd.add(remote=REMOTE)
    removed = agents[0] if is_listed else bytes(range(16))
    answer = laptop.system.submit(ForceUpdateClient(client.client_id, removed))
    assert isinstance(answer.answer, Panicked)

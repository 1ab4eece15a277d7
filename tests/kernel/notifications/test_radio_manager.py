"""A client asserts the radio manager that policies give it."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.events.effects import AgentMessage
from necp_replay.events.outcome import Absent
from necp_replay.scenario.policies import default, use_netagent
from necp_replay.scenario.process import ClientHandle
from tests.kernel.builders import (
    NEWER,
    REGISTERED,
    REMOTE,
    Laptop,
    effects_of,
    log_functions,
    make_laptop,
)

COMMON = "necp_client_assert_bb_radio_manager_common"


def with_manager(release: str = REGISTERED, type_: str = "BB Manager") -> tuple[Laptop, bytes]:
    """A laptop where policies give every client a radio manager, and the manager's id."""
    laptop = make_laptop(release)
    agent = laptop.system.add_agent(
        "radio", domain="WirelessRadioManager", type=f"WirelessRadioManager:{type_}", via="kernel"
    )
    root = laptop.system.add_process(300, "root", uid=0, privileged=True)
    session = root.open_policy_session()
    session.add_policy(order=10, conditions=[default()], result=use_netagent(agent.uuid))
    session.apply_all()
    return laptop, agent.uuid


def add(laptop: Laptop) -> ClientHandle:
    return laptop.fd.add(remote=REMOTE)


def test_an_assertion_is_told_to_the_agent_and_kept() -> None:
    laptop, agent = with_manager()
    client = add(laptop)
    (message,) = effects_of(client.assert_radio_manager(), AgentMessage)
    assert isinstance(message, AgentMessage)
    assert (message.agent, message.type) == (agent, AgentMessageType.CLIENT_ASSERT)
    assert laptop.client(client).assertions == (agent,)
    (message,) = effects_of(client.assert_radio_manager(on=False), AgentMessage)
    assert isinstance(message, AgentMessage)
    assert message.type == AgentMessageType.CLIENT_UNASSERT
    assert laptop.client(client).assertions == ()


def test_an_assertion_that_was_not_made_is_not_taken_back() -> None:
    laptop, _ = with_manager()
    answer = add(laptop).assert_radio_manager(on=False)
    assert answer.errno == Errno.EINVAL
    assert log_functions(answer) == ["necp_client_remove_assertion"]


def test_without_a_radio_manager_there_is_no_agent_to_tell() -> None:
    laptop, _ = with_manager(type_="Other")
    client = add(laptop)
    answer = client.assert_radio_manager()
    assert answer.errno == Errno.ENOENT
    assert COMMON in log_functions(answer)
    assert laptop.client(client).assertions == ()


def test_an_unknown_client_is_enoent_and_one_without_process_esrch() -> None:
    laptop, _ = with_manager()
    client = add(laptop)
    unknown = laptop.fd.client(bytes(16)).assert_radio_manager()
    assert unknown.errno == Errno.ENOENT
    assert log_functions(unknown) == ["necp_client_assert_bb_radio_manager"]
    assert client.assert_radio_manager().errno == Errno.OK


def test_releases_without_the_function_do_not_model_it() -> None:
    laptop, _ = with_manager(NEWER)
    assert isinstance(add(laptop).assert_radio_manager().answer, Absent)

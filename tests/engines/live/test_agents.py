"""Control sockets of agents: what is sent to them. The socket itself is one that notes it."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field

from necp_replay.abi.netagent import MESSAGE_HEADER, NETAGENT, AgentOption
from necp_replay.engines.live.agents import AgentSockets
from necp_replay.events import agents
from necp_replay.events.outcome import Absent, OptionData, Outcome


@dataclass(slots=True)
class NotingSocket:
    """A socket that keeps what is sent. Option 99 is refused."""

    sent: list[tuple[int, bytes]] = field(default_factory=list)
    is_open: bool = True

    def setsockopt(self, level: int, option: int, value: bytes, /) -> None:
        if option == 99:
            raise OSError(errno.ENOPROTOOPT, "no such option")
        self.sent.append((option, value))

    def getsockopt(self, level: int, option: int, size: int, /) -> bytes:
        return bytes((option,)) * size

    def send(self, content: bytes, /) -> int:
        self.sent.append((0, content))
        return len(content)

    def close(self) -> None:
        self.is_open = False


def test_an_agent_is_registered_by_option_and_gone_at_the_end() -> None:
    made = NotingSocket()
    sockets = AgentSockets(lambda: made)
    event = agents.NetagentRegister("a", uuid=b"u" * 16, domain=b"d", flags=2, data=b"data")
    assert sockets.submit(event) == Outcome(errno=0)
    ((option, content),) = made.sent
    assert option == AgentOption.REGISTER
    assert NETAGENT.unpack_from(content)[0] == b"u" * 16
    assert content[NETAGENT.size :] == b"data"
    sockets.close()
    assert not made.is_open


def test_an_update_keeps_what_was_sent_before() -> None:
    made = NotingSocket()
    sockets = AgentSockets(lambda: made)
    sockets.submit(agents.NetagentRegister("a", uuid=b"u" * 16, flags=2))
    sockets.submit(agents.NetagentSetFlags("a", flags=6))
    option, content = made.sent[1]
    assert option == AgentOption.UPDATE
    assert (NETAGENT.unpack(content)[0], NETAGENT.unpack(content)[4]) == (b"u" * 16, 6)


def test_an_agent_by_message_gets_a_header() -> None:
    made = NotingSocket()
    sockets = AgentSockets(lambda: made)
    sockets.submit(agents.NetagentRegister("a", via="message", data=b"data"))
    ((_, content),) = made.sent
    assert MESSAGE_HEADER.unpack_from(content) == (1, 0, 1, 0, NETAGENT.size + 4)


def test_options_are_set_and_read() -> None:
    sockets = AgentSockets(NotingSocket)
    assert sockets.submit(agents.NetagentSetopt("a", opt=16, hex=b"\1")) == Outcome(errno=0)
    assert sockets.submit(agents.NetagentSetopt("a", opt=99)) == Outcome(errno=errno.ENOPROTOOPT)
    answer = sockets.submit(agents.NetagentGetopt("a", opt=16, len=2)).answer
    assert answer == OptionData(b"\x10\x10")


def test_an_agent_in_the_kernel_is_not_modelled() -> None:
    sockets = AgentSockets(NotingSocket)
    answer = sockets.submit(agents.NetagentOpen("a", via="kernel")).answer
    assert isinstance(answer, Absent)


def test_a_system_that_refuses_the_socket_answers_its_error() -> None:
    def refuse() -> NotingSocket:
        raise OSError(errno.EPERM, "not permitted")

    assert AgentSockets(refuse).submit(agents.NetagentOpen("a")) == Outcome(errno=errno.EPERM)

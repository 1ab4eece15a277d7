"""The control sockets of network agents, ``com.apple.net.netagent``, which only XNU has."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from typing import Any, Final, Protocol

from necp_replay.abi.netagent import MESSAGE_HEADER, AgentMessageType, AgentOption
from necp_replay.events import agents
from necp_replay.events.outcome import Absent, OptionData, Outcome
from necp_replay.kernel.agents.template import NOTHING_SENT, AgentTemplate, changed_template

_CONTROL_NAME: Final = "com.apple.net.netagent"
_SYSPROTO_CONTROL: Final = 2
_MOST_OPTION_BYTES: Final = 65536
_FIRST_MESSAGE: Final = 1
AgentSessionInput = (
    agents.NetagentOpen
    | agents.NetagentRegister
    | agents.NetagentUpdate
    | agents.NetagentSetFlags
    | agents.NetagentUnregister
    | agents.NetagentClose
    | agents.NetagentSetopt
    | agents.NetagentGetopt
)
"""Inputs that a control socket can make."""


class ControlSocket(Protocol):
    """What is used of a socket."""

    def setsockopt(self, level: int, option: int, value: bytes, /) -> None:
        """Set an option. Raises OSError."""

    def getsockopt(self, level: int, option: int, size: int, /) -> bytes:
        """Read an option. Raises OSError."""

    def send(self, content: bytes, /) -> int:
        """Send a message. Raises OSError."""

    def close(self) -> None:
        """Close it."""


def open_control_socket() -> ControlSocket | None:
    """A control socket of agents; None where the system has none. Raises OSError."""
    family: Any = getattr(socket, "PF_SYSTEM", None)
    if family is None:
        return None
    opened = socket.socket(family, socket.SOCK_DGRAM, _SYSPROTO_CONTROL)
    try:
        opened.connect(_CONTROL_NAME)
    except OSError:
        opened.close()
        raise
    return opened


class AgentSockets:
    """The agent sessions of a trace, each a control socket."""

    def __init__(self, open_socket: Callable[[], ControlSocket | None]) -> None:
        self._open_socket = open_socket
        self._sockets: dict[str, ControlSocket] = {}
        self._sent: dict[str, AgentTemplate] = {}
        self._by_message: set[str] = set()

    def submit(self, event: AgentSessionInput) -> Outcome:
        """Make a call of an agent session."""
        via = getattr(event, "via", None)
        if via in ("kernel", "kernel_nohandler"):
            return Outcome(answer=Absent("a process cannot create agents in the kernel"))
        try:
            if event.session not in self._sockets:
                if isinstance(event, agents.NetagentClose):
                    return Outcome(answer=Absent("the agent session is not open"))
                opened = self._open_socket()
                if opened is None:
                    return Outcome(answer=Absent("this system has no control socket for agents"))
                self._sockets[event.session] = opened
                if via == "message":
                    self._by_message.add(event.session)
            return self._make(event, self._sockets[event.session])
        except OSError as error:
            return Outcome(errno=error.errno)

    def close(self) -> None:
        """Close all: the kernel then unregisters their agents."""
        while self._sockets:
            _, opened = self._sockets.popitem()
            with contextlib.suppress(OSError):
                opened.close()
        self._sent.clear()
        self._by_message.clear()

    def _make(self, event: AgentSessionInput, opened: ControlSocket) -> Outcome:
        match event:
            case agents.NetagentOpen():
                pass  # It is open now.
            case agents.NetagentClose():
                self._sockets.pop(event.session).close()
                self._sent.pop(event.session, None)
            case agents.NetagentSetopt():
                opened.setsockopt(_SYSPROTO_CONTROL, event.opt, event.hex)
            case agents.NetagentGetopt():
                size = min(max(event.len, 0), _MOST_OPTION_BYTES)
                data = opened.getsockopt(_SYSPROTO_CONTROL, event.opt, size)
                return Outcome(errno=0, answer=OptionData(data))
            case agents.NetagentUnregister():
                self._send(event, opened, AgentOption.UNREGISTER, event.raw or b"")
            case _:
                sent = self._sent.get(event.session, NOTHING_SENT)
                template = self._sent[event.session] = changed_template(sent, event)
                is_new = isinstance(event, agents.NetagentRegister)
                option = AgentOption.REGISTER if is_new else AgentOption.UPDATE
                self._send(event, opened, option, template.encode())
        return Outcome(errno=0)

    def _send(
        self,
        event: AgentSessionInput,
        opened: ControlSocket,
        option: AgentOption,
        payload: bytes,
    ) -> None:
        """Send a payload by option or by message: both have the same numbers."""
        if event.session not in self._by_message:
            opened.setsockopt(_SYSPROTO_CONTROL, option, payload)
            return
        length = getattr(event, "payload_length", None)
        number = getattr(event, "message_id", None)
        header = MESSAGE_HEADER.pack(
            AgentMessageType(option),
            0,
            _FIRST_MESSAGE if number is None else number & 0xFFFFFFFF,
            0,
            (len(payload) if length is None else length) & 0xFFFFFFFF,
        )
        opened.send(header + payload)

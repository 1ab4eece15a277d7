"""Makes steps of the calls on sockets that belong to a client: options, connecting, closing.

The kernel knows such a socket by its protocol control block. The recording has both addresses of it
at each call, so the block is brought up to date before the call is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from necp_replay.abi.address_text import ip_text
from necp_replay.abi.sockaddr import AF_INET, AF_INET6
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.capture.buffers import passed_buffer
from necp_replay.capture.recording import LOCAL_NAME, REMOTE_NAME, CallKind, RecordedCall
from necp_replay.dataclass import dataclass
from necp_replay.events import sockets
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import AttributesAnswer, BlockClient, Outcome, SignatureAnswer
from necp_replay.events.unmeasured import with_unmeasured
from necp_replay.events.unmeasured_inputs import UUIDS, partial_step

NECP_ATTRIBUTES: Final = 0x1109
NECP_CLIENTUUID: Final = 0x1111
RESOLVER_SIGNATURE: Final = 0x1131
"""Numbers of socket options (bsd/sys/socket.h)."""
_FAMILIES: Final = {2: AF_INET, 10: AF_INET6, 30: AF_INET6}
"""Address families as Linux and XNU number them."""


@dataclass(slots=True)
class _NamedSocket:
    """A socket of a process by its name in the trace, and the client that it belongs to."""

    name: str
    client_id: bytes | None = None


class SocketSteps:
    """Translates calls on sockets."""

    def __init__(self) -> None:
        self._sockets: dict[tuple[int, int], _NamedSocket] = {}
        self._made = 0

    def of(self, call: RecordedCall) -> Iterator[tuple[Step, Outcome | None]]:
        """The steps of an option that is set or read, or of connecting."""
        fd = call.arguments[0] & 0xFFFFFFFF
        named = self._sockets.get((call.process, fd))
        fields = _fields_of(call)
        if call.kind is CallKind.CONNECT:
            if named is not None:
                yield from _connected(call, named, fields)
            return
        if named is None:
            if not fields:
                # It is not a socket, so the call did not reach NECP.
                return
            self._made += 1
            named = _NamedSocket(f"socket{self._made}")
            self._sockets[(call.process, fd)] = named
            yield Step(sockets.SocketCreate(named.name, **fields)), None
        else:
            yield Step(sockets.SocketUpdate(named.name, **fields)), None
        option, is_set = call.arguments[2], call.kind is CallKind.SETSOCKOPT
        if option == NECP_CLIENTUUID and is_set:
            yield from _client_of_socket(call, named)
        elif option == NECP_ATTRIBUTES:
            yield _attributes(call, named.name)
        elif option == RESOLVER_SIGNATURE:
            yield _signature(call, named.name)

    def close(self, call: RecordedCall) -> Iterator[tuple[Step, Outcome | None]]:
        """The end of a socket."""
        fd = call.arguments[0] & 0xFFFFFFFF
        named = self._sockets.pop((call.process, fd), None)
        if named is not None:
            yield Step(sockets.InpcbDispose(named.name)), None

    def lose(self, pid: int) -> Iterator[tuple[Step, Outcome | None]]:
        """The end of all sockets of a process."""
        for key in [key for key in self._sockets if key[0] == pid]:
            yield Step(sockets.InpcbDispose(self._sockets.pop(key).name)), None


def _client_of_socket(
    call: RecordedCall, named: _NamedSocket
) -> Iterator[tuple[Step, Outcome | None]]:
    value = call.before.get(3)
    content = b"" if value is None else value.content
    if len(content) != UUID_BYTES:
        # The kernel refuses another length before NECP sees it.
        return
    if not call.errno:
        named.client_id = content
    outcome = Outcome(call.errno, None, BlockClient(content))
    parts = ("effects", "answer") if call.errno else ("effects",)
    event = sockets.RegisterSocketFlow(call.process, content, named.name)
    # No process sees the id that later releases give the flow.
    yield partial_step(event, unmeasured=(UUIDS,)), with_unmeasured(outcome, parts)


def _connected(
    call: RecordedCall, named: _NamedSocket, fields: dict[str, Any]
) -> Iterator[tuple[Step, Outcome | None]]:
    """The kernel tells the client which addresses its socket has now."""
    if call.errno:
        return
    if named.client_id is None:
        yield Step(sockets.SocketUpdate(named.name, **fields)), None
        return
    event = sockets.AssignFromSocket(call.process, named.client_id, named.name, **fields)
    yield Step(event), None


def _attributes(call: RecordedCall, name: str) -> tuple[Step, Outcome | None]:
    value, size = passed_buffer(call, 3), _size_of(call)
    if call.kind is CallKind.SETSOCKOPT:
        event = sockets.SocketSetAttributes(name, value.before, size)
        return partial_step(event), with_unmeasured(Outcome(call.errno), ("effects", "answer"))
    reading = sockets.SocketGetAttributes(name, value.before, size)
    answer = AttributesAnswer(_size_after(call), None, None, value.after)
    seen_of = {"buffer", "valsize"} if not call.errno and value.is_known else set()
    parts = {"valsize", "buffer", *_ATTRIBUTES} - seen_of
    return partial_step(reading), with_unmeasured(
        Outcome(call.errno, None, answer), ("effects", *parts)
    )


_ATTRIBUTES: Final = ("account", "domain", "domain_context", "domain_owner", "tracker_domain")


def _signature(call: RecordedCall, name: str) -> tuple[Step, Outcome | None]:
    value, size = passed_buffer(call, 3), _size_of(call)
    if call.kind is CallKind.SETSOCKOPT:
        event = sockets.SocketSetResolverSignature(name, value.before, size)
        return partial_step(event), with_unmeasured(Outcome(call.errno), ("effects",))
    reading = sockets.SocketGetResolverSignature(name, value.before, size)
    shown = value.after if isinstance(value.after, bytes) else None
    answer = SignatureAnswer(shown, _size_after(call))
    parts = ("effects",) if not call.errno and value.is_known else ("effects", "answer")
    return partial_step(reading), with_unmeasured(Outcome(call.errno, None, answer), parts)


def _size_of(call: RecordedCall) -> int:
    """The size of the option: an argument where it is set, at a pointer where it is read."""
    if call.kind is CallKind.SETSOCKOPT:
        return call.arguments[4]
    found = call.before.get(4)
    return 0 if found is None else int.from_bytes(found.content, "little")


def _size_after(call: RecordedCall) -> int:
    found = call.after.get(4)
    return 0 if found is None else int.from_bytes(found.content, "little")


def _fields_of(call: RecordedCall) -> dict[str, Any]:
    """The addresses of a socket as fields of its block."""
    fields: dict[str, Any] = {}
    for number, address, port in ((LOCAL_NAME, "local", "lport"), (REMOTE_NAME, "remote", "fport")):
        memory = call.after.get(number)
        parsed = None if memory is None else _parse_name(memory.content)
        if parsed is not None:
            family, text, fields[port] = parsed
            fields["domain"] = family
            if text is not None:
                fields[address] = text
    return fields


def _parse_name(content: bytes) -> tuple[int, str | None, int] | None:
    """Family, address if it is not all zeros, and port of a socket address."""
    if len(content) < 16:
        return None
    # Linux has a family of two bytes; XNU a length and a family of one each.
    family = content[1] if content[1] else content[0]
    known = _FAMILIES.get(family)
    if known is None:
        return None
    port = int.from_bytes(content[2:4], "big")
    raw = content[4:8] if known == AF_INET else content[8:24]
    if known == AF_INET6 and len(raw) != 16:
        return None
    return known, ip_text(raw) if any(raw) else None, port

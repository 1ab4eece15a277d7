"""Outcomes decoded for assertions: what a call in a scenario returned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, fields
from typing import Any, Final, TypeVar

from necp_replay.abi.address_text import address_text
from necp_replay.abi.aggregate_result import AGGREGATE_RESULT, AggregateFields, AggregateLayout
from necp_replay.abi.client import ClientResult, ClientResultFlag, ObserverUpdateType
from necp_replay.abi.client_structs import INTERFACE_DETAILS
from necp_replay.abi.errno import errno_name
from necp_replay.abi.policy import PolicyResult
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.abi.uuid import UUID_BYTES, ZERO_UUID
from necp_replay.dataclass import dataclass
from necp_replay.events.effects import EFFECT_NAMES, Effect, Log
from necp_replay.events.outcome import (
    Absent,
    ActionBuffers,
    Answer,
    MatchResult,
    NotDetermined,
    Outcome,
    Readiness,
)

_SHOWN_EFFECTS: Final = 4
"""The most effects that the text of an answer has."""
_SHOWN_FIELDS: Final = 4
"""The most fields of what an input returned that the text of an answer has."""

Kind = TypeVar("Kind", bound="CallAnswer")


@dataclass(frozen=True, slots=True, repr=False)
class CallAnswer:
    """An outcome, with a property for each part that scenarios assert.

    ``uuids`` are the ids that the kernel's generator returned during the input.
    ``interface_names`` are the names of the system's interfaces at that time, by index.
    """

    outcome: Outcome
    uuids: tuple[bytes, ...] = ()
    interface_names: Mapping[int, str] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        """What failing assertions show: the decoded parts instead of bytes."""
        return f"<{type(self).__name__}: {', '.join(self._told())}>"

    def _told(self) -> Iterator[str]:
        """The parts of the text, what decides first."""
        if self.errno:
            yield errno_name(self.errno)
        elif self.retval is not None:
            yield f"ok retval={self.retval}"
        else:
            yield "ok"
        answer = self.outcome.answer
        if isinstance(answer, Readiness):
            yield "readable" if answer.readable else "not readable"
        elif isinstance(answer, Absent | NotDetermined):
            yield answer.why
        elif answer is not None and type(self) is CallAnswer:
            yield from _answer_texts(answer)
        yield from (_effect_text(effect) for effect in self.effects[:_SHOWN_EFFECTS])
        if len(self.effects) > _SHOWN_EFFECTS:
            yield f"{len(self.effects) - _SHOWN_EFFECTS} more effects"

    def read_as(self, kind: type[Kind], **more: Any) -> Kind:
        """The same outcome as an answer of another class, which decodes what was written."""
        return kind(self.outcome, self.uuids, self.interface_names, **more)

    def _interface(self, index: int | None) -> str | None:
        """An interface by its name, or by its index if the system does not know the name."""
        return None if not index else self.interface_names.get(index) or str(index)

    @property
    def errno(self) -> int | None:
        """The error number, 0 for success; None if the input is not a call that returns one."""
        return self.outcome.errno

    @property
    def retval(self) -> int | None:
        """The return value of a system call; None if it failed or returns nothing."""
        return self.outcome.retval

    @property
    def answer(self) -> Answer | None:
        """What else the input returned: buffers, readiness or a snapshot; None for nothing."""
        return self.outcome.answer

    @property
    def effects(self) -> tuple[Effect, ...]:
        """The effects: messages, callbacks and log records, in order."""
        return self.outcome.effects

    @property
    def is_logged(self) -> bool:
        """Whether the kernel wrote a log record."""
        return any(isinstance(effect, Log) for effect in self.outcome.effects)

    @property
    def is_readable(self) -> bool:
        """Whether a poll found the fd ready; False for all other inputs."""
        answer = self.outcome.answer
        return isinstance(answer, Readiness) and answer.readable

    @property
    def client_id(self) -> bytes:
        """The client id in the caller's memory after ``necp_client_action``.

        16 zero bytes if the memory cannot be read.
        """
        answer = self.outcome.answer
        shown = answer.client_id if isinstance(answer, ActionBuffers) else b""
        return shown.ljust(UUID_BYTES, b"\0") if isinstance(shown, bytes) else ZERO_UUID

    @property
    def whole_buffer(self) -> bytes:
        """The caller's buffer after ``necp_client_action``, without the zeros at its end."""
        answer = self.outcome.answer
        shown = answer.buffer if isinstance(answer, ActionBuffers) else b""
        return shown if isinstance(shown, bytes) else b""

    @property
    def buffer(self) -> bytes:
        """The start of the buffer, as long as the return value of ``necp_client_action`` says."""
        length = self.outcome.retval or 0
        return self.whole_buffer[:length].ljust(length, b"\0")


class FlowTlv(bytes):
    """The value of a FLOW TLV, which itself consists of TLVs."""

    __slots__ = ()

    def __repr__(self) -> str:
        """The flags, the interface and the endpoints instead of bytes."""
        told = ["|".join(flag.name or "" for flag in self.flags) or "no flags"]
        if self.interface_index:
            told.append(f"interface {self.interface_index}")
        if self.local_endpoint or self.remote_endpoint:
            told.append(f"{self.local_endpoint} to {self.remote_endpoint}")
        if self.nexus_agent is not None:
            told.append(f"agent {self.nexus_agent.hex()}")
        return f"<FlowTlv: {', '.join(told)}>"

    def value(self, type_: ClientResult) -> bytes | None:
        """The value of the first TLV of a type inside the flow; None if there is none."""
        return next((value for _, found, value in iterate_tlvs(self) if found == type_), None)

    @property
    def flags(self) -> ClientResultFlag:
        """The flags of the flow."""
        return ClientResultFlag(int.from_bytes(self.value(ClientResult.FLAGS) or b"", "little"))

    @property
    def interface_index(self) -> int | None:
        """The index of the flow's interface; None if the flow names none."""
        value = self.value(ClientResult.INTERFACE)
        return None if value is None else int.from_bytes(value[4:8], "little")

    @property
    def nexus_agent(self) -> bytes | None:
        """The uuid of a nexus flow's agent; None if the flow names none."""
        value = self.value(ClientResult.NETAGENT)
        return None if value is None else value[4:20]

    @property
    def local_endpoint(self) -> str | None:
        """The local endpoint as text, ``192.0.2.1:443``; None if the flow names none."""
        return self._endpoint(ClientResult.LOCAL_ENDPOINT)

    @property
    def remote_endpoint(self) -> str | None:
        """The remote endpoint as text, ``192.0.2.1:443``; None if the flow names none."""
        return self._endpoint(ClientResult.REMOTE_ENDPOINT)

    def _endpoint(self, type_: ClientResult) -> str | None:
        value = self.value(type_)
        return None if value is None else address_text(value)


@dataclass(frozen=True, slots=True, repr=False)
class ResultAnswer(CallAnswer):
    """What COPY_RESULT or COPY_UPDATED_RESULT wrote: a client result, as TLVs."""

    def _told(self) -> Iterator[str]:
        yield from super()._told()
        if self.errno or not self.buffer:
            return
        result, flags = self.policy_result, self.flags
        yield "NONE" if result is None else result.name
        if self.interface is not None:
            yield f"interface {self.interface}"
        yield "|".join(flag.name or "" for flag in flags) or "no flags"
        if self.flows:
            yield f"flows {self.flows}"

    def values(self, type_: ClientResult) -> Iterator[bytes]:
        """The values of all TLVs of a type at the top level, in order."""
        for _, found, value in iterate_tlvs(self.buffer):
            if found == type_:
                yield value

    def number(self, type_: ClientResult) -> int | None:
        """The value of the first TLV of a type as a number; None if there is none."""
        for value in self.values(type_):
            return int.from_bytes(value, "little")
        return None

    @property
    def flags(self) -> ClientResultFlag:
        """The flags of the result; no flags if the call returned no result."""
        return ClientResultFlag(self.number(ClientResult.FLAGS) or 0)

    @property
    def policy_result(self) -> PolicyResult | None:
        """The policy result; None if the call returned no client result."""
        number = self.number(ClientResult.POLICY_RESULT)
        return None if number is None else PolicyResult(number)

    @property
    def filter_control_unit(self) -> int | None:
        """The control unit of the content filter; None if no filter applies."""
        return self.number(ClientResult.FILTER_CONTROL_UNIT)

    @property
    def interface_index(self) -> int | None:
        """The index of the interface that the client is routed to; None if not routed."""
        return self.number(ClientResult.INTERFACE_INDEX)

    @property
    def interface(self) -> str | None:
        """The name of the interface that the client is routed to; None if not routed."""
        return self._interface(self.interface_index)

    @property
    def effective_mtu(self) -> int | None:
        """The MTU of the client's route in bytes; None if not routed."""
        return self.number(ClientResult.EFFECTIVE_MTU)

    @property
    def netagents(self) -> list[bytes]:
        """The uuids of the agents in the result; those that policies name come first."""
        return [value[4:20] for value in self.values(ClientResult.NETAGENT)]

    @property
    def interfaces(self) -> list[int]:
        """The indices of the interfaces that the result names."""
        values = self.values(ClientResult.INTERFACE)
        return [int.from_bytes(value[4:8], "little") for value in values]

    @property
    def flows(self) -> list[FlowTlv]:
        """The value of each FLOW TLV, newest first."""
        return [FlowTlv(value) for value in self.values(ClientResult.FLOW)]


@dataclass(frozen=True, slots=True, repr=False)
class ListAnswer(CallAnswer):
    """What COPY_LIST wrote: the number of all clients, and as many ids as fit."""

    def _told(self) -> Iterator[str]:
        yield from super()._told()
        if not self.errno:
            yield f"{self.client_count} clients"
            yield f"ids {[client_id.hex() for client_id in self.client_ids]}"

    @property
    def client_count(self) -> int:
        """The number of all clients in the system, also of those whose ids did not fit."""
        return int.from_bytes(self.whole_buffer[:4], "little")

    @property
    def client_ids(self) -> list[bytes]:
        """The ids written, in ascending order, without the zeros in unused room."""
        content = self.whole_buffer[4:]
        ids = [
            content[at : at + UUID_BYTES].ljust(UUID_BYTES, b"\0")
            for at in range(0, len(content), UUID_BYTES)
        ]
        return ids[: self.client_count]


@dataclass(frozen=True, slots=True, repr=False)
class UpdateAnswer(CallAnswer):
    """What COPY_CLIENT_UPDATE wrote: one update for a push observer."""

    def _told(self) -> Iterator[str]:
        yield from super()._told()
        if self.update_type is not None:
            yield f"{self.update_type.name} of client {self.client_id.hex()}"
            yield f"{len(self.tlvs)} bytes of TLVs"

    @property
    def update_type(self) -> ObserverUpdateType | None:
        """What happened to the client; None if no update was queued."""
        content = self.buffer
        return ObserverUpdateType(int.from_bytes(content[:4], "little")) if content else None

    @property
    def tlvs(self) -> bytes:
        """The client's parameters or result as TLVs; empty if the client was removed."""
        return self.buffer[4:]


@dataclass(frozen=True, slots=True, repr=False)
class InterfaceDetailsAnswer(CallAnswer):
    """What COPY_INTERFACE wrote: ``struct necp_interface_details``."""

    def _told(self) -> Iterator[str]:
        yield from super()._told()
        if not self.errno:
            yield f"{self.name or 'no name'}, index {self.index}, mtu {self.mtu}"

    @property
    def name(self) -> str:
        """The interface's name; empty for an unknown index."""
        name: bytes = self._details[0]
        return name.rstrip(b"\0").decode("ascii", "backslashreplace")

    @property
    def index(self) -> int:
        """The interface's index, 0 for an unknown one."""
        return int(self._details[1])

    @property
    def functional_type(self) -> int:
        """The functional type, as ``if_functional_type`` returns it: 3 is Wi-Fi."""
        return int(self._details[3])

    @property
    def delegate_index(self) -> int:
        """The index of the interface that it delegates to; 0 for none."""
        return int(self._details[4])

    @property
    def flags(self) -> int:
        """The flags, as in :class:`necp_replay.abi.client_structs.InterfaceFlag`."""
        return int(self._details[5])

    @property
    def mtu(self) -> int:
        """The interface's MTU in bytes."""
        return int(self._details[6])

    @property
    def _details(self) -> tuple[Any, ...]:
        whole = self.whole_buffer.ljust(INTERFACE_DETAILS.size, b"\0")
        return INTERFACE_DETAILS.unpack(whole[: INTERFACE_DETAILS.size])


@dataclass(frozen=True, slots=True, repr=False)
class MatchAnswer(CallAnswer):
    """What ``necp_match_policy`` wrote: ``struct necp_aggregate_result``.

    ``layout`` is that of the release.
    """

    layout: AggregateLayout = AGGREGATE_RESULT

    def _told(self) -> Iterator[str]:
        yield from super()._told()
        if self.errno:
            return
        yield self.routing_result.name
        if self.routed_interface is not None:
            yield f"interface {self.routed_interface}"
        if self.filter_control_unit:
            yield f"filter {self.filter_control_unit}"

    @property
    def routing_result(self) -> PolicyResult:
        """The result of the policy that decided; NONE if no policy did."""
        return PolicyResult(self._fields.routing_result)

    @property
    def routing_result_parameter(self) -> int:
        """The parameter of that result, such as an interface index."""
        return self._fields.routing_result_parameter

    @property
    def filter_control_unit(self) -> int:
        """The control unit of the content filter; 0 for none."""
        return self._fields.filter_control_unit

    @property
    def flow_divert_aggregate_unit(self) -> int:
        """The control units of all transparent proxies together; 0 for none."""
        return self._fields.flow_divert_aggregate_unit

    @property
    def service_action(self) -> PolicyResult:
        """What policies want done about the service, such as TRIGGER."""
        return PolicyResult(self._fields.service_action)

    @property
    def service_uuid(self) -> bytes:
        """The uuid of the service; zeros for none."""
        return self._fields.service_uuid

    @property
    def routed_interface_index(self) -> int:
        """The index of the interface routed to; 0 for none."""
        return self._fields.routed_interface_index

    @property
    def routed_interface(self) -> str | None:
        """The name of the interface routed to; None for none."""
        return self._interface(self.routed_interface_index)

    @property
    def policy_id(self) -> int:
        """The kernel policy's id of the policy that decided; 0 for none."""
        return self._fields.policy_id

    @property
    def netagents(self) -> list[bytes]:
        """The uuids of the agents that policies name."""
        uuids = self._fields.netagents
        found = (uuids[at : at + UUID_BYTES] for at in range(0, len(uuids), UUID_BYTES))
        return [uuid for uuid in found if any(uuid)]

    @property
    def _fields(self) -> AggregateFields:
        answer = self.outcome.answer
        shown = answer.result if isinstance(answer, MatchResult) else b""
        content = shown if isinstance(shown, bytes) else b""
        return self.layout.unpack(content)


def _answer_texts(answer: Answer) -> Iterator[str]:
    """The first fields of what an input returned, decoded as far as that is short."""
    shown = 0
    for each in fields(answer):
        value = getattr(answer, each.name)
        if value is None or value == each.default or shown == _SHOWN_FIELDS:
            continue
        if each.name in ("client_id", "buffer"):  # The client of the call, and `retval` bytes.
            continue
        if isinstance(value, bytes):
            value = value.hex() if len(value) == UUID_BYTES else f"{len(value)} bytes"
        elif isinstance(value, tuple | list):
            value = f"{len(value)} entries"
        elif not isinstance(value, int | str):
            continue
        shown += 1
        yield f"{each.name} {value}"


def _effect_text(effect: Effect) -> str:
    """``log necp_client_add`` for a log record, else the name of the effect."""
    if isinstance(effect, Log):
        return f"log {effect.function or '-'}"
    return next(name for name, each in EFFECT_NAMES.items() if isinstance(effect, each))

"""Our engine over the protocol: its answer to each request."""

from __future__ import annotations

import io

import pytest

from necp_replay.engines.engine import Engine, EngineFactory, open_machine
from necp_replay.engines.serve import serve
from necp_replay.errors import EngineError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.processes import ProcAdd
from necp_replay.events.snapshot import Snapshot
from necp_replay.events.syscalls import NecpOpen
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release
from necp_replay.trace.engine_messages import (
    PROTOCOL,
    Apply,
    Done,
    Failure,
    Hello,
    Reply,
    Request,
    Reset,
    StateWanted,
    Unknown,
    Welcome,
    decode_reply,
    encode_request,
    take_message,
)

NEW = "xnu-4570.51.1"
OLD = "xnu-4570.41.2"
HELLO = Hello(PROTOCOL, NEW)
ADD = Apply(Step(ProcAdd(7)))


def conversation(
    *requests: Request,
    only_release: str | None = None,
    open_engine: EngineFactory = open_machine,
) -> list[Reply]:
    """What our engine replies to some requests."""
    replies = io.BytesIO()
    stream = io.BytesIO(b"".join(encode_request(request) for request in requests))
    serve(stream, replies, only_release=only_release, open_engine=open_engine)
    buffered = bytearray(replies.getvalue())
    found = []
    while (body := take_message(buffered)) is not None:
        found.append(decode_reply(body))
    assert not buffered
    return found


def test_hello_says_protocol_name_and_release() -> None:
    (reply,) = conversation(HELLO)
    assert isinstance(reply, Welcome)
    assert (reply.protocol, reply.release) == (PROTOCOL, NEW)
    assert reply.name.startswith("necp-replay ")


def test_every_request_has_its_reply_in_order() -> None:
    replies = conversation(HELLO, ADD, StateWanted(), Reset(), ADD)
    assert [type(reply) for reply in replies[1:]] == [Outcome, Snapshot, Done, Outcome]


def test_after_a_reset_the_system_is_new() -> None:
    _, first, again, _, anew = conversation(HELLO, ADD, ADD, Reset(), ADD)
    assert first == anew != again


def test_a_process_opens_an_fd() -> None:
    *_, reply = conversation(HELLO, ADD, Apply(Step(NecpOpen(7))))
    assert reply == Outcome(0, 3)


@pytest.mark.parametrize(
    ("requests", "said"),
    [
        pytest.param((ADD,), "the first request has to be a hello", id="no hello"),
        pytest.param((Hello(PROTOCOL + 1, NEW),), "is not supported", id="protocol"),
        pytest.param((Hello(PROTOCOL, "xnu-1"),), "there is no release", id="release"),
        pytest.param((HELLO, Unknown()), "not known", id="unknown request"),
    ],
)
def test_a_request_that_cannot_be_done_gets_a_failure(
    requests: tuple[Request, ...], said: str
) -> None:
    *_, reply = conversation(*requests)
    assert isinstance(reply, Failure)
    assert said in reply.reason


class _FailsOnce(Machine):
    """An engine that gives up within the first record of the first system."""

    opened = 0

    def submit(self, step: Step) -> Outcome:
        if _FailsOnce.opened == 1:
            raise EngineError("record 1 takes longer than a while")
        return super().submit(step)


def _open_failing(release: str) -> Engine:
    _FailsOnce.opened += 1
    return _FailsOnce(find_release(release))


def test_a_record_that_the_engine_gave_up_is_a_failure_until_a_reset() -> None:
    _FailsOnce.opened = 0
    replies = conversation(
        HELLO, ADD, ADD, StateWanted(), Reset(), ADD, StateWanted(), open_engine=_open_failing
    )
    _, *failures, done, outcome, state = replies
    assert [type(reply) for reply in failures] == [Failure] * 3
    assert isinstance(failures[0], Failure)
    assert "takes longer" in failures[0].reason
    assert isinstance(done, Done)
    assert isinstance(outcome, Outcome)
    assert isinstance(state, Snapshot)


def test_one_release_alone_can_be_served() -> None:
    (refused,) = conversation(HELLO, only_release=OLD)
    assert isinstance(refused, Failure)
    (welcome,) = conversation(Hello(PROTOCOL, OLD), only_release=OLD)
    assert isinstance(welcome, Welcome)


@pytest.mark.parametrize(
    "garbage",
    [
        pytest.param(b"\xff\xff\xff\xff\xff\xff", id="a length beyond all limits"),
        pytest.param(b"\x03\xff\xff\xff", id="no message"),
        pytest.param(b"\x7fabc", id="cut short"),
    ],
)
def test_garbage_ends_the_conversation(garbage: bytes) -> None:
    with pytest.raises(EngineError):
        serve(io.BytesIO(encode_request(HELLO) + garbage), io.BytesIO())

"""Serves our own engine over the engine protocol: the reference for other engines."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, Final

from necp_replay import __version__
from necp_replay.engines.engine import Engine, EngineFactory, open_machine
from necp_replay.errors import EngineError, NecpReplayError, TraceError
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
    decode_request,
    encode_reply,
    take_message,
)

NAME: Final = f"necp-replay {__version__}"
_READ_BYTES: Final = 256 * 1024


def serve(
    requests: BinaryIO,
    replies: BinaryIO,
    *,
    only_release: str | None = None,
    open_engine: EngineFactory = open_machine,
) -> None:
    """Answer requests until they end. Raises EngineError for a request that is malformed.

    If ``only_release`` is given, other releases are refused. ``open_engine`` opens the engine.
    """
    session = _Session(only_release, open_engine)
    buffered = bytearray()
    read = _reader(requests)
    while content := read(_READ_BYTES):
        buffered += content
        try:
            while (body := take_message(buffered)) is not None:
                replies.write(encode_reply(session.answer(decode_request(body))))
                replies.flush()
        except TraceError as error:
            raise EngineError(f"a request is not valid: {error}") from error
    if buffered:
        raise EngineError("the last request is cut short")


class _Session:
    """One conversation: its release and its system."""

    def __init__(self, only_release: str | None, open_engine: EngineFactory) -> None:
        self._only_release = only_release
        self._open_engine = open_engine
        self._release = ""
        self._failed = ""
        self._engine: Engine | None = None

    def answer(self, request: Request) -> Reply:
        match request:
            case Hello():
                return self._hello(request)
            case Unknown():
                return Failure("the request is not known")
        if self._engine is None:
            return Failure("the first request has to be a hello")
        if isinstance(request, Reset):
            self._engine, self._failed = self._open_engine(self._release), ""
            return Done()
        if self._failed:
            return Failure(self._failed)
        try:
            match request:
                case Apply():
                    return self._engine.submit(request.step)
                case StateWanted():
                    return self._engine.snapshot()
        except EngineError as error:
            # The engine stopped within a record, so its state is not one that a kernel can have.
            self._failed = str(error)
            return Failure(self._failed)

    def _hello(self, request: Hello) -> Reply:
        if request.protocol != PROTOCOL:
            return Failure(f"protocol {request.protocol} is not supported, only {PROTOCOL}")
        if self._only_release not in (None, request.release):
            return Failure(f"only {self._only_release} is served")
        try:
            self._engine, self._failed = self._open_engine(request.release), ""
        except NecpReplayError as error:
            return Failure(str(error))
        self._release = request.release
        return Welcome(PROTOCOL, NAME, request.release)


def _reader(stream: BinaryIO) -> Callable[[int], bytes]:
    """A function that reads the bytes that are available, without waiting for more."""
    available: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    return available

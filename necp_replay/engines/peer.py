"""The program on the other side: started, spoken to with a time limit, and ended.

Whatever it does - end, hang, write nonsense, never read - becomes an EngineError that says so.
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import shlex
import signal
import subprocess
import tempfile
import time
from typing import IO, Final

from necp_replay.errors import EngineError, TraceError
from necp_replay.outcomes.node import escape
from necp_replay.trace.engine_messages import (
    Failure,
    Reply,
    Request,
    decode_reply,
    encode_request,
    take_message,
)

_READ_BYTES: Final = 256 * 1024
_GRACE_S: Final = 2.0
"""How long a program may take to end once its input has ended."""
_SHOWN_STDERR_BYTES: Final = 2000


class Peer:
    """One running program. After an error it has been ended, and every request fails."""

    def __init__(self, command: str) -> None:
        """Start a command line, split as a shell would, without one."""
        self.command = command
        self.is_usable = True
        self._buffered = bytearray()
        # Closed with the object; a file, since a pipe that nobody reads would stop the program.
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives with the peer
        try:
            self._process = subprocess.Popen(
                shlex.split(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                bufsize=0,
                # So that it can be ended with all that it started.
                start_new_session=True,
            )
        except (OSError, ValueError, IndexError) as error:
            self.is_usable = False
            self._stderr.close()
            reason = getattr(error, "strerror", None) or error
            raise EngineError(
                f"the engine cannot be started: {reason}", hint=f"The command was: {command}"
            ) from None
        assert self._process.stdin is not None and self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        os.set_blocking(self._input.fileno(), False)
        os.set_blocking(self._output.fileno(), False)

    def ask(self, request: Request, limit_s: float) -> Reply:
        """The reply to a request. Raises EngineError, also for a reply that is a failure."""
        if not self.is_usable:
            raise EngineError("the engine has been ended")
        try:
            body = self._exchange(encode_request(request), limit_s)
        except EngineError:
            self.kill()
            raise
        try:
            reply = decode_reply(body)
        except (TraceError, ValueError) as error:
            self.kill()
            raise EngineError(f"the engine's answer makes no sense: {error}") from error
        if isinstance(reply, Failure):
            raise EngineError(f"the engine says that it cannot: {escape(reply.reason)}")
        return reply

    def end(self) -> int | None:
        """End the program's input; its exit status, None if it had to be killed."""
        self.is_usable = False
        with contextlib.suppress(OSError):
            self._input.close()
        try:
            return self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            return None
        finally:
            self.kill()

    def kill(self) -> None:
        """End the program and what it started, at once."""
        self.is_usable = False
        if self._process.poll() is None:
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for stream in (self._input, self._output, self._stderr):
            with contextlib.suppress(OSError):
                stream.close()

    def _exchange(self, request: bytes, limit_s: float) -> bytes:
        """Write while the other side reads and read what it writes, until a message is there."""
        deadline_s = time.monotonic() + limit_s
        pending = memoryview(request)
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            pending = self._write(pending)
            if pending:
                selector.register(self._input, selectors.EVENT_WRITE)
            while True:
                ready = selector.select(max(0.0, deadline_s - time.monotonic()))
                if not ready:
                    raise EngineError(f"the engine gave no answer within {limit_s:g} s")
                for key, _ in ready:
                    if key.fileobj is self._input:
                        pending = self._write(pending)
                        if not pending:
                            selector.unregister(self._input)
                        continue
                    body = self._read()
                    if body is not None:
                        return body

    def _write(self, pending: memoryview) -> memoryview:
        try:
            return pending[os.write(self._input.fileno(), pending) :]
        except BlockingIOError:
            return pending
        except OSError:
            raise self._ended() from None

    def _read(self) -> bytes | None:
        try:
            content = os.read(self._output.fileno(), _READ_BYTES)
        except BlockingIOError:
            return None
        if not content:
            raise self._ended()
        self._buffered += content
        try:
            body = take_message(self._buffered)
        except TraceError as error:
            raise EngineError(f"the engine's answer makes no sense: {error}") from None
        if body is not None and self._buffered:
            raise EngineError("the engine's answer makes no sense: more than one message")
        return body

    def _ended(self) -> EngineError:
        """What to say of a program that closed its side: how it ended, and its last words."""
        try:
            status = self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            return EngineError("the engine closed its output and went on running")
        how = f"exit status {status}" if status >= 0 else f"signal {-status}"
        self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, self._stderr.tell() - _SHOWN_STDERR_BYTES))
        lines = self._stderr.read().decode("utf-8", "replace").strip().splitlines()
        hint = f"Its last words: {escape(_telling_line(lines))}" if lines else None
        return EngineError(f"the engine ended without an answer ({how})", hint=hint)


def _telling_line(lines: list[str]) -> str:
    """The last line that names an error; what some runtimes print after it says less."""
    telling = [line for line in lines if _ERROR.search(line)]
    return telling[-1].strip() if telling else lines[-1]


_ERROR: Final = re.compile(r"error|exception|panic|fatal|abort|fault", re.IGNORECASE)

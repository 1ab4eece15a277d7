"""Starts an external engine, exchanges messages with it within a time limit, and ends it.

Whatever the program does (end, hang, answer nonsense, never read), the caller gets an EngineError
that says so.
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
from necp_replay.outcomes.safe_text import escape
from necp_replay.processes.deferral import signals_deferred
from necp_replay.processes.guardian import guard, guarded_environment, release
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
"""How long a program may take to end after its input has ended."""
_LOOK_S: Final = 0.05
"""How often to look whether a silent program has ended. A process that it started may hold its
output open, so that the end of the output does not tell."""
_SHOWN_STDERR_BYTES: Final = 2000


class Peer:
    """One running program. It is ended at the first error, and every later request fails."""

    def __init__(self, command: str) -> None:
        """Start a program. The command line is split like in a shell, but no shell runs."""
        self.command = command
        self.is_usable = True
        self._has_group = True
        self._buffered = bytearray()
        # A file, not a pipe: a program that fills a pipe that is not read would stop.
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives with the peer
        try:
            # A signal between start and assignment would leave the process running.
            with signals_deferred():
                self._process = subprocess.Popen(
                    shlex.split(command),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._stderr,
                    bufsize=0,
                    env=guarded_environment(),
                    # A session of its own, so that its child processes can be ended with it.
                    start_new_session=True,
                )
                guard(self._process.pid)
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
        """Send a request and return the reply. Raises EngineError, also for a failure reply."""
        if not self.is_usable:
            raise EngineError("the engine was stopped")
        try:
            body = self._exchange(encode_request(request), limit_s)
            reply = decode_reply(body)
        except (TraceError, ValueError) as error:
            self.kill()
            raise EngineError(f"the engine's answer is not valid: {error}") from error
        except MemoryError:
            self.kill()
            raise EngineError(
                "there is not enough memory for the engine's answer",
                hint="An answer takes a few kilobytes. Look for what makes it larger.",
            ) from None
        except BaseException:  # Also an interrupt: the program is in the middle of an exchange.
            self.kill()
            raise
        if isinstance(reply, Failure):
            raise EngineError(f"the engine answers with a failure: {escape(reply.reason)}")
        return reply

    def end(self) -> int | None:
        """End the program's input. Returns its exit status, None if it had to be killed."""
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
        """Kill the program and the processes that it started."""
        self.is_usable = False
        self._end_group()
        for stream in (self._input, self._output, self._stderr):
            with contextlib.suppress(OSError):
                stream.close()

    def _end_group(self) -> None:
        """Kill every process of the group, also when the program itself has ended."""
        if self._has_group:
            self._has_group = False
            # The number of a group is free for others once the group has no process any more.
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
            release(self._process.pid)
        self._process.wait()

    def _exchange(self, request: bytes, limit_s: float) -> bytes:
        """Write the request and read until a message is complete, both as the program allows."""
        deadline_s = time.monotonic() + limit_s
        pending = memoryview(request)
        has_ended = False
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            pending = self._write(pending)
            if pending:
                selector.register(self._input, selectors.EVENT_WRITE)
            while True:
                left_s = deadline_s - time.monotonic()
                ready = selector.select(0 if has_ended else max(0.0, min(left_s, _LOOK_S)))
                if not ready and has_ended:
                    raise self._ended()
                if not ready and left_s <= 0:
                    raise EngineError(f"the engine gave no answer within {limit_s:g} s")
                if not ready:
                    # What it wrote before it ended is read first.
                    has_ended = self._process.poll() is not None
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
            raise EngineError(f"the engine's answer is not valid: {error}") from None
        if body is not None and self._buffered:
            raise EngineError("the engine's answer is not valid: more than one message")
        return body

    def _ended(self) -> EngineError:
        """The error for a program that closed its output: how it ended, and what it wrote last."""
        try:
            status = self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            return EngineError("the engine closed its output and went on running")
        how = f"exit status {status}" if status >= 0 else f"signal {-status}"
        self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, self._stderr.tell() - _SHOWN_STDERR_BYTES))
        lines = self._stderr.read().decode("utf-8", "replace").strip().splitlines()
        hint = f"On its standard error: {escape(_error_line(lines))}" if lines else None
        return EngineError(f"the engine ended without an answer ({how})", hint=hint)


def _error_line(lines: list[str]) -> str:
    """The last line that names an error. Some runtimes print further lines after it."""
    errors = [line for line in lines if _ERROR.search(line)]
    return errors[-1].strip() if errors else lines[-1]


_ERROR: Final = re.compile(r"error|exception|panic|fatal|abort|fault", re.IGNORECASE)

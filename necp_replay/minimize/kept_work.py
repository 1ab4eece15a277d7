"""The file that keeps the work of a search, so that the same search goes on after an interruption.

Theory of operation. A search always asks about the same parts in the same order, so its work is the
list of the answers. The file has them, with the difference that is looked for, the release that
stands for what is expected, and a digest of the question: trace, golden, engines, options and the
code of this package. An answer costs a byte or two.

A search that goes on takes the answers as if they had just been given, and then replays the part
that they led to. If that does not show the difference, the answers are dropped. So a file that is
damaged, or that is of another search, costs time and never changes the result.

A file that this module did not write is refused, and stays unchanged. Files are written whole or
not at all (``files/atomic.py``), at most every two seconds, and when a search is interrupted. A
file holds at most :data:`MOST_RUNS` runs of answers; what is found after that is not kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from necp_replay.errors import NecpReplayError, WriteError
from necp_replay.files.atomic import check_target, write_text

MOST_RUNS: Final = 1_000_000
MOST_BYTES: Final = 16 << 20
"""A file that is larger than this was not written here."""
SUFFIX: Final = ".work"
"""Is added to the name of the trace that is written."""
_FORMAT: Final = "necp-replay minimize: unfinished work"
_VERSION: Final = 1
_EVERY_S: Final = 2.0
_MOST_ATTEMPTS: Final = 1 << 63


class StaleWork(Exception):
    """The answers of an earlier run do not lead to a part that shows the difference."""


class KeptWork:
    """The answers of a search, in a file if there is one.

    ``path`` is None for a search whose work is not kept. ``say`` gets a line about what was done
    with an existing file. Raises WriteError for a file that is no work of a search, or that cannot
    be written.
    """

    def __init__(self, path: Path | None, question: str, say: Callable[[str], object]) -> None:
        self.path = path
        self.record: int | None = None
        """The record that differs, once it is known."""
        self.fingerprint: str | None = None
        self.model: str | None = None
        """The release that is used as the expected side; "" if there is none, None until known."""
        self.output_digest: str | None = None
        """The digest of the trace that a search without more budget has written."""
        self.was_resumed = self.is_to_be_checked = False
        """Whether answers are of an earlier run, and whether these are not checked yet."""
        self.is_saved = False
        self._question = question
        self._say = say
        self._runs: list[int] = []
        self._place = self._in_run = 0
        self._saved_s = time.monotonic()
        if path is not None:
            check_target(path)
            self._read(path)

    @property
    def has_next(self) -> bool:
        """Whether there are more answers of an earlier run."""
        return self._place < len(self._runs)

    def next(self) -> int:
        """The next answer of an earlier run: which replay showed the difference, 0 if none did."""
        run = self._runs[self._place]
        self._in_run += 1
        if run > 0 or self._in_run == -run:
            self._place += 1
            self._in_run = 0
        return max(0, run)

    def add(self, answer: int) -> None:
        """Keep an answer, and write the file at most every two seconds."""
        if len(self._runs) < MOST_RUNS:
            if answer == 0 and self._runs and self._runs[-1] < 0:
                self._runs[-1] -= 1
            else:
                self._runs.append(answer or -1)
            self._place = len(self._runs)
        if time.monotonic() - self._saved_s >= _EVERY_S:
            self.save()

    def save(self) -> None:
        """Write the file, if there is something to keep. Raises WriteError."""
        if self.path is None or not (self._runs or self.model is not None):
            return
        self.is_saved = True
        content = {
            "question": self._question,
            "record": self.record,
            "fingerprint": self.fingerprint,
            "model": self.model,
            "output": self.output_digest,
            "answers": self._runs,
        }
        document = {"format": _FORMAT, "version": _VERSION, "sum": _sum(content), **content}
        write_text(self.path, json.dumps(document, separators=(",", ":")) + "\n")
        self._saved_s = time.monotonic()

    def save_at_end(self) -> None:
        """Write the file at the end of a search that could not finish, and say so."""
        self.save()
        if self.path is not None and self.is_saved:
            self._say(
                f"the work is kept in {self.path}: the same command goes on from there, and with"
                " --budget 1 writes the smallest trace so far"
            )

    def remove(self) -> None:
        """Remove the file: the search is finished."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def forget(self, why: str) -> None:
        """Drop everything of an earlier run."""
        self._say(f"{why}; the search begins again")
        self._runs.clear()
        self._place = self._in_run = 0
        self.record = self.fingerprint = self.model = None
        self.was_resumed = self.is_to_be_checked = False

    def _read(self, path: Path) -> None:
        content = _content_of(path)
        if content is None:
            return
        if content.get("version") != _VERSION:
            self.forget(f"{path} is work of another version of necp-replay")
        elif not _is_whole(content):
            self.forget(f"{path} is damaged")
        elif content["question"] != self._question:
            self.forget(f"{path} is work on another trace, or with other options or engines")
        else:
            self.record, self.fingerprint = content["record"], content["fingerprint"]
            self.model, self._runs = content["model"], content["answers"]
            self.output_digest = content["output"]
            self.was_resumed = self.is_to_be_checked = bool(self._runs)
            tried = sum(max(1, -run) for run in self._runs)
            parts = "1 part was" if tried == 1 else f"{tried:,} parts were"
            self._say(f"goes on from {path}: {parts} tried before")


def digest_of(path: Path) -> str:
    """The digest of a file's content. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _content_of(path: Path) -> dict[str, Any] | None:
    """What a file holds, None without one. Raises WriteError if it is not one of these files."""
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _no_work(path)
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WriteError(f"cannot be read: {error.strerror}", file=str(path)) from error
    begin = json.dumps({"format": _FORMAT}, separators=(",", ":"))[:-1].encode()
    if len(data) > MOST_BYTES or not data.startswith(begin):
        raise _no_work(path)
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return {"version": _VERSION}
    return content if isinstance(content, dict) else {"version": _VERSION}


def _is_whole(content: dict[str, Any]) -> bool:
    """Whether everything is there, and is what was written."""
    kept = {
        name: each for name, each in content.items() if name not in ("format", "version", "sum")
    }
    answers, record = content.get("answers"), content.get("record")
    return (
        content.get("sum") == _sum(kept)
        and isinstance(answers, list)
        and len(answers) <= MOST_RUNS
        and all(type(run) is int and 0 < abs(run) < _MOST_ATTEMPTS for run in answers)
        and type(record) is int
        and all(_text(content, name) is not None for name in ("question", "fingerprint"))
        and all(
            content.get(name) is None or _text(content, name) is not None
            for name in ("model", "output")
        )
    )


def _text(content: dict[str, Any], name: str) -> str | None:
    value = content.get(name)
    return value if isinstance(value, str) else None


def _sum(content: dict[str, Any]) -> str:
    text = json.dumps(content, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _no_work(path: Path) -> NecpReplayError:
    return WriteError(
        "is not unfinished work of `minimize`, and stays as it is",
        file=str(path),
        hint="Move it, or choose another name for the trace to write.",
    )

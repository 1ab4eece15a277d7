"""Atomic writing: a file appears under its name when it is complete, or not at all.

The content goes to a temporary file in the folder of the target. That file is synced, renamed to
the target's name, and the folder is synced. What holds:

- A reader sees the old content or the new content, never a part of either.
- The temporary file is opened exclusively. Its name holds 64 random bits unless the caller names
  it, so nobody can put a link or a FIFO there in advance; and an exclusive open follows no link.
- The target is a regular file, or does not exist. Links, FIFOs and devices are refused, and files
  that nobody may write: a rename would replace them without asking for that permission.
- A file that is replaced keeps its permissions, unless the new content is private.
- Of two programs that write one target at once, one wins and the other fails with a WriteError.
  The target's identity is noted at the start and compared right before the rename, while the
  folder is locked. Programs that do not take that lock are noticed except in the instant between
  the comparison and the rename.
- The temporary file is removed when writing fails or is interrupted by an exception. SIGKILL leaves
  it behind.
"""

from __future__ import annotations

import contextlib
import os
import stat
import weakref
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from necp_replay.errors import WriteError
from necp_replay.files.folders import lock_folder, sync_folder
from necp_replay.files.refusals import cannot_write, refuse_protected_file, refuse_special_file

PARTIAL_SUFFIX: Final = ".partial"
"""Ends the name of every file that is not complete."""

_RANDOM_BYTES: Final = 8
# 255 bytes is the longest name on common file systems; dots, random digits and suffix take 26.
_KEPT_NAME_BYTES: Final = 229
_TEXT_BUFFER_BYTES: Final = 1 << 16
# O_NOFOLLOW repeats what O_EXCL guarantees, for file systems that do not implement it.
_OPEN_FLAGS: Final = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_PRIVATE_MODE: Final = 0o600
_ORDINARY_MODE: Final = 0o666
"""The system takes from this what the user's umask says."""
_KEPT_MODE: Final = 0o777
"""What a new content keeps of the file that it replaces: who may read, write and run it."""


class AtomicFile:
    """A new content for a file. Use it as a context manager: leaving it publishes the file.

    Leaving the context by an exception gives the file up, and what stood there before stays.
    """

    def __init__(
        self,
        path: Path,
        *,
        private: bool = False,
        replaces: bool = True,
        temporary: Path | None = None,
    ) -> None:
        """Open a temporary file for ``path``.

        ``private`` lets only the owner read the file. Without ``replaces`` a file that is there is
        refused. ``temporary`` names the temporary file, for content that is worth recovering after
        a crash; whoever finds that name taken knows that somebody else is writing.
        Raises WriteError where the file cannot be written, and FileExistsError where ``temporary``
        exists.
        """
        # First, because the root and the current folder have no name to make another of.
        before = _replaceable(path)
        self.path = path
        self.temporary = path.with_name(_hidden_name(path.name)) if temporary is None else temporary
        self._named = path if temporary is None else temporary
        self._is_open = True
        self._process = os.getpid()
        if before is not None and not replaces:
            raise already_there(path)
        self._before = _identity(before)
        self._descriptor = -1
        opened: list[int] = []
        # Removes the file whenever an interrupt comes, also before the context is
        # entered. A file that is worth recovering must stay when its writer is forgotten.
        self._forgotten = (
            weakref.finalize(self, _discard, opened, self.temporary, self._process)
            if temporary is None
            else None
        )
        try:
            self._descriptor = os.open(
                self.temporary, _OPEN_FLAGS, _PRIVATE_MODE if private else _ORDINARY_MODE
            )
            opened.append(self._descriptor)
            if before is not None and not private:
                os.fchmod(self._descriptor, stat.S_IMODE(before.st_mode) & _KEPT_MODE)
        except OSError as error:
            # There is nothing to remove, or it is another writer's.
            self._forget()
            if isinstance(error, FileExistsError):
                raise
            raise cannot_write(error, self._named) from error

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Hand all of ``data`` to the system; returns its length. Raises WriteError."""
        return write_all(self._descriptor, data, self._named)

    def write_lines(self, lines: Iterable[str]) -> int:
        """Write texts one after the other as UTF-8; each brings its own line end.

        Returns how many bytes they are.
        """
        buffered = bytearray()
        written = 0
        for line in lines:
            buffered += line.encode()
            if len(buffered) >= _TEXT_BUFFER_BYTES:
                written += self.write(buffered)
                buffered.clear()
        return written + self.write(buffered)

    def flush(self) -> None:
        """Do nothing, as there is no buffer: for writers that take any binary stream."""

    def sync(self) -> None:
        """Bring what was written to disk. Raises WriteError."""
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise cannot_write(error, self.path) from error

    def publish(self) -> None:
        """Bring the content to disk and under its name.

        Raises WriteError where that fails, or where the file at ``path`` is another than when
        writing began. The temporary file is then still there: publish again, or give up.
        """
        self.sync()
        try:
            with lock_folder(self.path.parent):
                if _identity(_replaceable(self.path)) != self._before:
                    raise WriteError(
                        "another program wrote this file in the meantime, so it was not replaced",
                        file=str(self.path),
                        hint="Run the command again if its output is the one to keep.",
                    )
                self.temporary.replace(self.path)
            self._close()
            sync_folder(self.path.parent)
        except OSError as error:
            raise cannot_write(error, self.path) from error

    def give_up(self, *, keep: bool = False) -> None:
        """End without publishing; ``keep`` leaves the temporary file where it is.

        So does a fork of the process that opened the file: it is that process's to publish.
        """
        if not self._is_open:
            return
        if not keep and os.getpid() == self._process:
            # The failure that led here is the one to report.
            with contextlib.suppress(OSError):
                self.temporary.unlink()
        self._close()

    def _close(self) -> None:
        self._is_open = False
        self._forget()
        os.close(self._descriptor)

    def _forget(self) -> None:
        if self._forgotten is not None:
            self._forgotten.detach()

    def __enter__(self) -> Self:
        """Enter the context that publishes the file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Publish the file, or give it up on an exception."""
        try:
            if error is None:
                self.publish()
        finally:
            self.give_up()


def write_text(path: Path, text: str, *, private: bool = False, replaces: bool = True) -> None:
    """Write a whole file of UTF-8 text. Raises WriteError."""
    write_bytes(path, text.encode(), private=private, replaces=replaces)


def write_bytes(path: Path, data: bytes, *, private: bool = False, replaces: bool = True) -> None:
    """Write a whole file. Raises WriteError."""
    with AtomicFile(path, private=private, replaces=replaces) as file:
        file.write(data)


def write_all(descriptor: int, data: bytes | bytearray | memoryview, path: Path) -> int:
    """Write all of ``data`` to a descriptor of ``path``; returns its length. Raises WriteError."""
    rest = memoryview(data)
    try:
        while rest:
            # The system may take less than it is given.
            rest = rest[os.write(descriptor, rest) :]
    except OSError as error:
        raise cannot_write(error, path) from error
    return len(data)


def check_target(path: Path) -> None:
    """Refuse what is not replaced, before any work is done. Raises WriteError.

    That is a link, a FIFO, a device, a folder, and a write-protected file.
    """
    _replaceable(path)


def check_folder(path: Path) -> None:
    """Refuse a file whose folder cannot be written to, before any work is done.

    Raises WriteError. That there is a folder is not checked.
    """
    if path.parent.is_dir() and not os.access(path.parent, os.W_OK):
        raise WriteError(
            "its folder cannot be written to",
            file=str(path),
            hint="Name a file in another folder, or allow writing in this one.",
        )


def refuse_existing(path: Path) -> None:
    """Raise WriteError where something is at ``path``: for commands that replace nothing."""
    if path.exists() or path.is_symlink():
        raise already_there(path)


def already_there(path: Path) -> WriteError:
    """The refusal to replace a file."""
    return WriteError(
        "exists already",
        file=str(path),
        hint="Choose another name, or remove the file first.",
    )


def _hidden_name(name: str) -> str:
    """A name that cannot be guessed, and that says which file it was to become."""
    kept = os.fsdecode(os.fsencode(name)[:_KEPT_NAME_BYTES])
    return f".{kept}.{os.urandom(_RANDOM_BYTES).hex()}{PARTIAL_SUFFIX}"


def _replaceable(path: Path) -> os.stat_result | None:
    """The file that would be replaced; None without one. Raises WriteError if it may not be."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise cannot_write(error, path) from error
    refuse_special_file(path, stat.S_IFMT(found.st_mode))
    refuse_protected_file(path, stat.S_IMODE(found.st_mode))
    return found


def _identity(found: os.stat_result | None) -> tuple[int, ...] | None:
    """What changes when the file is written or replaced; None without one."""
    if found is None:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _discard(opened: list[int], temporary: Path, process: int) -> None:
    """Close and remove a temporary file, unless this is a fork of the process that wrote it."""
    if os.getpid() == process:
        for descriptor in opened:
            os.close(descriptor)
        temporary.unlink(missing_ok=True)

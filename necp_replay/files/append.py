"""Adding to the end of a file that exists, so that giving up leaves the file as it was."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path
from typing import Final

from necp_replay.errors import WriteError
from necp_replay.files.atomic import PARTIAL_SUFFIX, write_all
from necp_replay.files.folders import lock_folder, sync_folder
from necp_replay.files.refusals import cannot_write, refuse_special_file

if sys.platform != "win32":
    import fcntl

_OPEN_FLAGS: Final = (
    os.O_RDWR
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
"""O_NONBLOCK so that a FIFO is refused at once; it has no effect on regular files."""


class AppendedFile:
    """A file that gets more at its end, and is called NAME.partial until that is complete.

    A file that is called so already keeps the name until it is published as NAME.
    """

    def __init__(self, path: Path, length_bytes: int) -> None:
        """Rename the file and open it after its first ``length_bytes``.

        Raises FileExistsError where NAME.partial is taken, WriteError where the file is not a
        regular one, is being appended to, or cannot be opened.
        """
        is_partial = path.name.endswith(PARTIAL_SUFFIX)
        self.path = path.with_name(path.name.removesuffix(PARTIAL_SUFFIX))
        self.temporary = path if is_partial else path.with_name(path.name + PARTIAL_SUFFIX)
        self._path_before = path
        self._length_before = length_bytes
        self._is_open = True
        try:
            refuse_special_file(path, stat.S_IFMT(path.lstat().st_mode))
            if not is_partial:
                _take_name(self.temporary)
                path.replace(self.temporary)
            self._descriptor = os.open(self.temporary, _OPEN_FLAGS)
            self._lock()
            os.lseek(self._descriptor, length_bytes, os.SEEK_SET)
        except FileExistsError:
            raise
        except OSError as error:
            raise cannot_write(error, self.temporary) from error

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Hand all of ``data`` to the system; returns its length. Raises WriteError."""
        return write_all(self._descriptor, data, self.temporary)

    def flush(self) -> None:
        """Do nothing, as there is no buffer: for writers that take any binary stream."""

    def publish(self) -> None:
        """Bring the file to disk and under its name. Raises WriteError where that is taken."""
        try:
            os.fsync(self._descriptor)
            _rename_to_free_name(self.temporary, self.path)
            self._close()
            sync_folder(self.path.parent)
        except FileExistsError as error:
            raise _is_taken(self.path) from error
        except OSError as error:
            raise cannot_write(error, self.path) from error

    def give_up(self, *, keep: bool = False) -> None:
        """Restore the file and its name, or ``keep`` it under the temporary one as it is now."""
        if not self._is_open:
            return
        if not keep:
            # The failure that led here is the one to report.
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._length_before)
                if self._path_before != self.temporary:
                    _rename_to_free_name(self.temporary, self._path_before)
        self._close()

    def _close(self) -> None:
        self._is_open = False
        os.close(self._descriptor)

    def _lock(self) -> None:
        """Refuse to append to what another process appends to."""
        if sys.platform != "win32":
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(self._descriptor)
                raise FileExistsError from None
            except OSError:
                # Some network file systems know no locks; the rename still keeps others out.
                return


def append_text(path: Path, text: str) -> None:
    """Add text to a file that other programs add to as well. Raises WriteError."""
    try:
        with path.open("ab", buffering=0) as stream:
            write_all(stream.fileno(), text.encode(), path)
    except OSError as error:
        raise cannot_write(error, path) from error


def _take_name(path: Path) -> None:
    """Create a file that must not exist, also for writers that lock no folder."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))


def _rename_to_free_name(source: Path, target: Path) -> None:
    """Rename a file without replacing anything. Raises FileExistsError, OSError."""
    with lock_folder(target.parent):
        if target.exists() or target.is_symlink():
            raise FileExistsError
        source.replace(target)


def _is_taken(path: Path) -> WriteError:
    return WriteError(
        "another program wrote this file in the meantime, so it was not replaced",
        file=str(path),
        hint=f"The file with the appended records is beside it: {path.name}{PARTIAL_SUFFIX}.",
    )

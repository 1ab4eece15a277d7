"""The errors of this project: each says what is wrong, where, and what to do next.

They are raised for files, scenarios and command lines that cannot be used, so that a run cannot
take place. A system call that fails is not an error here: its errno is part of its outcome.

Every package may import this module, and it imports none. Start with `NecpReplayError`.

    raise TraceError("checksum mismatch", file="a.necptrace", offset=4096)
    # a.necptrace: at byte 4096: checksum mismatch
"""

from __future__ import annotations

import errno
from typing import Final


class Terminated(SystemExit):
    """A signal ends the command. ``status`` is that of shells: 128 plus the signal's number.

    It is not an error: code that catches all errors of other people's code must let it pass.
    """

    def __init__(self, signal_number: int) -> None:
        """Say which signal it was."""
        super().__init__(128 + signal_number)
        self.status = 128 + signal_number


class NecpReplayError(Exception):
    """The base class of all errors: a reason, the place if it is known, and a hint.

    `str()` gives 'FILE: line N: at byte N: REASON' without the unknown places. `hint` says what to
    do next and is shown on a line of its own. Errors can be pickled, so that worker processes can
    raise them.
    """

    default_hint = "Run `necp-replay --help` for the commands and their options."

    def __init__(
        self,
        reason: str,
        *,
        file: str | None = None,
        line: int | None = None,
        offset: int | None = None,
        hint: str | None = None,
    ) -> None:
        """Make an error. `line` counts from 1, `offset` counts bytes from the start of the file."""
        super().__init__(reason)
        self.reason = reason
        self.file = file
        self.line = line
        self.offset = offset
        self.hint = self.default_hint if hint is None else hint

    def __str__(self) -> str:
        """Write the known places before the reason."""
        places = []
        if self.file is not None:
            places.append(self.file)
        if self.line is not None:
            places.append(f"line {self.line}")
        if self.offset is not None:
            places.append(f"at byte {self.offset}")
        return ": ".join([*places, self.reason])

    def name_file(self, file: str) -> None:
        """Set the file's name if it is not set yet.

        Readers of streams do not know it, so the caller that opened the file adds it.
        """
        if self.file is None:
            self.file = file


class TraceError(NecpReplayError):
    """A file is not a trace, or it is damaged or incomplete."""

    default_hint = (
        "Restore the trace, or record or import it again; `necp-replay doctor TRACE` says what is"
        " damaged, and `necp-replay recover TRACE -o NEW` keeps what is intact."
    )


class SavedStateError(NecpReplayError):
    """Bytes are not the saved state of an engine, or of another version, release or form."""

    default_hint = "Delete it: a state is made again by replaying the trace."


class GoldenError(NecpReplayError):
    """A golden is missing, unreadable, or does not belong to any trace."""

    default_hint = (
        "Run `necp-replay accept TRACE` to write the golden from what the engine does now, "
        "and review the change it makes."
    )


class ScenarioError(NecpReplayError):
    """A scenario cannot be loaded, or failed while it ran."""

    default_hint = "Name the scenario as FILE.py, or as FILE.py::name where the file holds several."


class VectorError(NecpReplayError):
    """A file of vectors does not follow their language (docs/traces.md)."""

    default_hint = (
        "Check that the file is complete and that its first line says "
        '`"vectors":1`, then import it again.'
    )


class ImportedFileError(NecpReplayError):
    """A file of another tool is of no known format, or shows nothing that makes a trace."""

    default_hint = (
        "`necp-replay import --list` names the formats, and `--explain` says what was read of each"
        " line."
    )


class EngineError(NecpReplayError):
    """An external engine ended, did not answer in time, or broke the engine protocol."""

    default_hint = "`necp-replay check-engine 'CMD'` says how far the engine follows the protocol."


class JsonLinesError(NecpReplayError):
    """A file of JSON lines does not describe a trace."""

    default_hint = (
        "docs/using.md describes the lines; "
        "`necp-replay convert TRACE` prints those of any trace as an example."
    )


class RulesError(NecpReplayError):
    """The project's file of rules cannot be read, or one of its rules is wrong."""

    default_hint = "docs/goldens-and-rules.md describes the file, with examples."


class WriteError(NecpReplayError):
    """A file could not be written. What stood under its name before is unchanged."""

    default_hint = "Check the folder, its permissions and the space on its disk."


class UnforeseenError(NecpReplayError):
    """An unforeseen exception in the work on one trace. ``traceback`` is its text."""

    default_hint = "This is a fault of necp-replay: please report it (CONTRIBUTING.md says how)."

    def __init__(self, reason: str, *, file: str | None = None, lines: str = "") -> None:
        """Make an error of another exception's text and the lines of its traceback."""
        super().__init__(reason, file=file)
        self.traceback = lines


class UsageError(NecpReplayError):
    """The command line asks for something that cannot be done."""


_CHECK_READ: Final = "Check that it is there and may be read."
_CHECK_FOLDER: Final = "Check the permissions of the folder."
_HINTS: Final[dict[int, tuple[str, str]]] = {
    errno.ENOSPC: (
        "The disk is full: free some space, or set TMPDIR to a folder on another disk.",
        "The disk is full: free some space, or write to another disk.",
    ),
    errno.EDQUOT: (
        "Your quota on this disk is used up: free some space.",
        "Your quota on this disk is used up: free some space, or write elsewhere.",
    ),
    errno.EFBIG: ("", "The file would be larger than the system or the user's limits allow."),
    errno.EROFS: ("", "The file system is read-only: write elsewhere."),
    errno.EACCES: ("Check the permissions of the file and of the folders above it.", _CHECK_FOLDER),
    errno.EPERM: ("Check the permissions of the file and of the folders above it.", _CHECK_FOLDER),
    errno.ENOENT: (
        "There is no such file.",
        "The folder does not exist: make it first, or name another.",
    ),
    errno.ENOTDIR: (
        "A part of the path is a file, not a folder.",
        "A part of the path is a file, not a folder: name another path.",
    ),
    errno.EEXIST: ("", "There is a file or a link of this name: name another."),
    errno.EISDIR: ("It is a folder: name a file in it.", "It is a folder: name a file in it."),
    errno.ENAMETOOLONG: (
        "The name is longer than the file system allows: choose a shorter name.",
        "The name is longer than the file system allows: choose a shorter name.",
    ),
    errno.ELOOP: ("Links lead in a circle: remove one.", "Links lead in a circle: remove one."),
    errno.EMFILE: ("Too many files are open: raise the limit with `ulimit -n`.",) * 2,
    errno.ENFILE: ("The system has too many open files.",) * 2,
    errno.EAGAIN: ("There are too many processes: raise the limit with `ulimit -u`.",) * 2,
    errno.ENXIO: ("It is a socket or a device, not a file that can be read.",) * 2,
    errno.EIO: ("The disk or the device reports a fault.",) * 2,
    errno.EBADF: ("The stream is closed: run the command with it open.",) * 2,
    errno.EILSEQ: ("The file system does not take this name: choose another one.",) * 2,
    errno.ENOMEM: ("There is not enough memory.",) * 2,
}
"""What to do about an error of the system when a file is read, and when one is written."""


def hint_for(error: OSError, *, writes: bool = False) -> str:
    """What to do about an error of the system; empty where nothing fits."""
    if error.errno is None or error.errno not in _HINTS:
        return _CHECK_FOLDER if writes else _CHECK_READ
    return _HINTS[error.errno][writes]


def why_no_json(error: Exception) -> str:
    """Why ``json.loads`` refused a text or bytes, as part of a sentence."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    place = getattr(error, "lineno", None)
    if place is None:  # A whole number with thousands of digits.
        return "a number has too many digits"
    return f"line {place}, column {getattr(error, 'colno', 0)}"


GIT_LFS_POINTER: Final = "a Git LFS pointer"
"""What a file holds whose content is elsewhere."""
_FOREIGN: Final = (
    (b"version https://git-lfs", GIT_LFS_POINTER, "Get the file itself with `git lfs pull`."),
    (b"<<<<<<< ", "a file with conflict markers", "Resolve the merge, then run this again."),
    (b"\xff\xfe", "text in UTF-16", "Save it as UTF-8, or restore it."),
    (b"\xfe\xff", "text in UTF-16", "Save it as UTF-8, or restore it."),
    (b"\xef\xbb\xbf", "text with a byte order mark", "Save it as UTF-8 without one."),
    (b"\x1f\x8b", "a file packed with gzip", "Unpack it first, such as with `gzip -dc FILE`."),
    (b"\xfd7zXZ", "a file packed with xz", "Unpack it first, such as with `xz -dc FILE`."),
    (b"\x28\xb5\x2f\xfd", "a file packed with zstd", "Unpack it first: `zstd -dc FILE`."),
    (b"BZh", "a file packed with bzip2", "Unpack it first, such as with `bzip2 -dc FILE`."),
    (b"PK\x03\x04", "a zip archive", "Unpack it first."),
)
FOREIGN_BYTES: Final = 32
"""How many bytes of a file :func:`foreign_content` needs."""


def foreign_content(beginning: bytes) -> tuple[str, str] | None:
    """What a file is that begins like this, and what to do; None for nothing well known."""
    for mark, what, hint in _FOREIGN:
        if beginning.startswith(mark):
            return what, hint
    return None


def error_of_trace(error: Exception, trace: str) -> NecpReplayError:
    """What is wrong with one trace, whatever it is, so that the work on others can go on."""
    if isinstance(error, NecpReplayError):
        return error
    if isinstance(error, OSError):
        named = error.filename if isinstance(error.filename, str) else trace
        return TraceError(str(error.strerror or error), file=named, hint=hint_for(error))
    if isinstance(error, MemoryError):
        return TraceError(
            "there is not enough memory for this trace",
            file=trace,
            hint="Give it more memory, or look with `necp-replay info` at what makes it large.",
        )
    if isinstance(error, RecursionError):
        return TraceError("its content is nested too deeply", file=trace)
    import traceback  # Not above: the command line imports this before it is ready for signals.

    reason = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    lines = "".join(traceback.format_exception(error))
    return UnforeseenError(f"unforeseen error: {reason}", file=trace, lines=lines)

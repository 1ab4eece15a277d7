"""The errors of this project: each says what is wrong, where, and what to do next.

They are raised for files, scenarios and command lines that cannot be used, so that a run cannot
take place. A system call that fails is not an error here: its errno is part of its outcome.

Every package may import this module, and it imports none. Start with `NecpReplayError`.

    raise TraceError("checksum mismatch", file="a.necptrace", offset=4096)
    # a.necptrace: at byte 4096: checksum mismatch
"""


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


class UsageError(NecpReplayError):
    """The command line asks for something that cannot be done."""

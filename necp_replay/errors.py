"""What can go wrong outside the engine, said so that a person knows where and what to do next.

These are failures of files, scenarios and command lines: the run could not take place. What a
system call refuses is an outcome, not an error, and never comes through here.
"""


class NecpReplayError(Exception):
    """A failure that a person can act on: what is wrong, where, and what to do about it.

    `str()` gives 'FILE: line N: at byte N: REASON', leaving out the places that are unknown.
    `hint` is the next step, shown on a line of its own. Errors survive pickling, so a worker
    process can raise them.
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
        """Say why it failed; `line` counts from 1, `offset` is in bytes from the file's start."""
        super().__init__(reason)
        self.reason = reason
        self.file = file
        self.line = line
        self.offset = offset
        self.hint = self.default_hint if hint is None else hint

    def __str__(self) -> str:
        """Put the places that are known before the reason."""
        places = []
        if self.file is not None:
            places.append(self.file)
        if self.line is not None:
            places.append(f"line {self.line}")
        if self.offset is not None:
            places.append(f"at byte {self.offset}")
        return ": ".join([*places, self.reason])

    def name_file(self, file: str) -> None:
        """Add the file's name, unless it is known: who finds the fault often reads a stream."""
        if self.file is None:
            self.file = file


class TraceError(NecpReplayError):
    """A trace file is damaged, cut short, or not a trace at all."""

    default_hint = (
        "Restore the trace, or record or import it again; `necp-replay doctor TRACE` says what is"
        " damaged, and `necp-replay recover TRACE -o NEW` keeps what is intact."
    )


class GoldenError(NecpReplayError):
    """A golden file is missing, unreadable or does not belong to any trace."""

    default_hint = (
        "Run `necp-replay accept TRACE` to write the golden from what the engine does now, "
        "and review the change it makes."
    )


class ScenarioError(NecpReplayError):
    """A scenario could not be loaded or run to its end."""

    default_hint = "Name the scenario as FILE.py, or as FILE.py::name where the file holds several."


class VectorError(NecpReplayError):
    """A conformance vector does not follow the language of vectors."""

    default_hint = (
        "Check that the file is complete and that its first line says "
        '`"vectors":1`, then import it again.'
    )


class EngineError(NecpReplayError):
    """An engine that runs as a program of its own ended, hung, or answered nonsense."""

    default_hint = "`necp-replay check-engine 'CMD'` says how far the engine follows the protocol."


class JsonLinesError(NecpReplayError):
    """A file of JSON lines does not describe a trace."""

    default_hint = (
        "docs/cli.md describes the lines; "
        "`necp-replay convert TRACE` prints those of any trace as an example."
    )


class RulesError(NecpReplayError):
    """The project's file of rules cannot be read, or one of its rules makes no sense."""

    default_hint = "docs/rules.md describes the file, with examples."


class UsageError(NecpReplayError):
    """The command line asks for something that cannot be done."""

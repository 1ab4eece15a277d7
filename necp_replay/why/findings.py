"""The findings in logs: each kind of entry about NECP once, with how often it occurs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import ImportedFileError, hint_for
from necp_replay.importers.log_facts import FactKind, LogFact, fact_of
from necp_replay.importers.log_lines import read_log

MAX_FINDINGS: Final = 200
"""The most kinds of entries that are kept. Entries of further kinds are counted."""


@dataclass(slots=True)
class LogFinding:
    """One kind of entry: the first one, how many there are, and where the last one is."""

    file: str
    fact: LogFact
    count: int = 1
    last_line: int = 0


@dataclass(slots=True)
class GatheredFindings:
    """All findings, in the order of their first entries.

    ``entries`` counts the entries of all logs. ``dropped`` counts entries of further kinds, which
    are not kept.
    """

    findings: list[LogFinding]
    entries: int = 0
    dropped: int = 0


def gather_findings(logs: Iterable[Path]) -> GatheredFindings:
    """Read logs. Raises ImportedFileError for one that cannot be read, or if they say nothing."""
    gathered = GatheredFindings([])
    known: dict[tuple[object, ...], LogFinding] = {}
    names = []
    for path in logs:
        names.append(str(path))
        try:
            with path.open("rb") as stream:
                for entry in read_log(stream):
                    gathered.entries += 1
                    fact = fact_of(entry)
                    if fact is not None:
                        _add(gathered, known, str(path), fact)
        except ImportedFileError as error:
            error.name_file(str(path))
            raise
        except OSError as error:
            reason = str(error.strerror or error)
            raise ImportedFileError(reason, file=str(path), hint=hint_for(error)) from None
    if not gathered.findings:
        raise ImportedFileError(
            f"none of {gathered.entries:,} entries says anything about NECP",
            file=", ".join(names),
            hint="Ask the log for it: log show --predicate 'eventMessage CONTAINS \"NECP\"'.",
        )
    return gathered


def _add(
    gathered: GatheredFindings,
    known: dict[tuple[object, ...], LogFinding],
    file: str,
    fact: LogFact,
) -> None:
    key = (
        *(fact.kind, fact.process, fact.pid, fact.call, fact.action, fact.errno),
        *(fact.protocol, fact.direction, fact.remote, fact.interface, fact.denied),
        *(fact.reason, fact.text if fact.kind is FactKind.KERNEL else ""),
    )
    finding = known.get(key)
    if finding is not None:
        finding.count += 1
        finding.last_line = fact.line
    elif len(gathered.findings) < MAX_FINDINGS:
        known[key] = finding = LogFinding(file, fact, last_line=fact.line)
        gathered.findings.append(finding)
    else:
        gathered.dropped += 1

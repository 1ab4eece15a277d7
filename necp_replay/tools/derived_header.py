"""Traces made from other traces: where they may be written, and what their headers say of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from necp_replay.errors import UsageError
from necp_replay.releases.names import canonical_tag
from necp_replay.trace.header import Header, OutcomeDetail, SourceKind

OnRecords = Callable[[int], None]
"""Told how many more records were read, for showing progress."""

PROGRESS_RECORDS: Final = 1024
"""Progress is told after this many records."""


def derived_header(header: Header, properties: Sequence[tuple[str, str]]) -> Header:
    """The header of a trace made from another: ``properties`` say how, and replace older ones.

    Measured outcomes stay measured. A trace made from that of a scenario no longer belongs to the
    scenario, because its records have another golden. So the source becomes a property.
    """
    said = dict(header.properties) | dict(properties)
    source_kind = header.source_kind
    if source_kind is SourceKind.SCENARIO:
        said["derived from scenario"] = header.source
        source_kind = SourceKind.UNKNOWN
    return replace(header, source_kind=source_kind, properties=tuple(said.items()))


def joined_header(
    headers: Sequence[tuple[str, Header]], properties: Sequence[tuple[str, str]]
) -> Header:
    """The header of a trace made from several, with their file names.

    Raises UsageError where they do not go together: of another release or meaning, or with outcomes
    of another detail, so that what was measured and what an engine did would not be told apart.
    """
    (first_name, first), *others = headers
    details = {first.outcome_detail} - {OutcomeDetail.NONE}
    for name, header in others:
        if canonical_tag(header.release) != canonical_tag(first.release):
            raise _incompatible(first_name, first.release, name, header.release)
        if header.meaning != first.meaning:
            raise _incompatible(
                first_name, f"meaning {first.meaning}", name, f"meaning {header.meaning}"
            )
        details |= {header.outcome_detail} - {OutcomeDetail.NONE}
    if len(details) > 1:
        raise UsageError(
            "the outcomes of some traces were measured, and those of others are an engine's",
            hint="Join only traces whose outcomes come from the same kind of source.",
        )
    kinds = {header.source_kind for _, header in headers}
    joined = Header(
        release=first.release,
        name="+".join(header.name for _, header in headers if header.name),
        source_kind=kinds.pop() if len(kinds) == 1 else SourceKind.UNKNOWN,
        source=", ".join(header.source for _, header in headers if header.source),
        outcome_detail=details.pop() if details else OutcomeDetail.NONE,
        meaning=first.meaning,
    )
    return derived_header(joined, properties)


def _incompatible(first: str, first_value: str, other: str, other_value: str) -> UsageError:
    return UsageError(
        f"{first} is of {first_value}, and {other} of {other_value}",
        hint="Only traces of the same release and meaning can be joined.",
    )

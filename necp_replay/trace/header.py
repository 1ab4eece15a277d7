"""What a trace says of itself: where it comes from, and what a reader must know to read it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final, TypeVar

from necp_replay import __version__
from necp_replay.errors import TraceError
from necp_replay.trace.pb import header_pb2 as pb

FORMAT: Final = 1
"""How the file is built. Older ones are read, only this one is written."""
MEANING: Final = 1
"""How records are to be replayed. Rises when the same record comes to mean something else."""
KNOWN_FEATURES: Final[frozenset[str]] = frozenset()
"""What a trace may require beyond format and meaning."""

Kind = TypeVar("Kind", bound=enum.Enum)

_NEWER: Final = "A newer version of necp-replay wrote this trace; use that one."


class SourceKind(enum.Enum):
    """Where the records come from."""

    UNKNOWN = pb.SOURCE_KIND_UNKNOWN
    SCENARIO = pb.SOURCE_KIND_SCENARIO
    """A scenario run against the engine; the source is FILE::NAME."""
    VECTORS = pb.SOURCE_KIND_VECTORS
    """Conformance vectors; the source is the vector's name."""
    IMPORT = pb.SOURCE_KIND_IMPORT
    """Another tool's recording; the source says which."""
    SYSTEM = pb.SOURCE_KIND_SYSTEM
    """A running system; the source describes it."""


class OutcomeDetail(enum.Enum):
    """How much the recorded outcomes say, and so how they are compared."""

    NONE = pb.OUTCOME_DETAIL_NONE
    """No outcome was recorded."""
    VECTORS = pb.OUTCOME_DETAIL_VECTORS
    """The fields that conformance vectors measure."""
    FULL = pb.OUTCOME_DETAIL_FULL
    """All that an engine of ours knows, also beyond the vectors."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels with the trace. ``name`` has no directories."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """What the first chunk of a trace says before its first record.

    ``release`` is the one the outcomes were recorded on. ``properties`` are free text, in their
    order, no key twice.
    """

    release: str
    name: str = ""
    description: str = ""
    source_kind: SourceKind = SourceKind.UNKNOWN
    source: str = ""
    outcome_detail: OutcomeDetail = OutcomeDetail.NONE
    properties: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    tool_version: str = __version__
    meaning: int = MEANING


def encode_header(header: Header) -> bytes:
    """The header as the bytes of its message, in the present format.

    Raises ValueError for a header that could not be read back.
    """
    keys = [key for key, _ in header.properties]
    if len(set(keys)) != len(keys):
        raise ValueError("a property occurs twice in the header")
    message = pb.Header(
        format=FORMAT,
        meaning=header.meaning,
        tool_version=header.tool_version,
        release=header.release,
        name=header.name,
        description=header.description,
        source_kind=header.source_kind.value,
        source=header.source,
        outcome_detail=header.outcome_detail.value,
        properties=[pb.Property(key=key, value=value) for key, value in header.properties],
        attachments=[
            pb.Attachment(name=each.name, media_type=each.media_type, content=each.content)
            for each in header.attachments
        ],
    )
    return message.SerializeToString()


def decode_header(message: pb.Header) -> Header:
    """The header of a trace. Raises TraceError for one that this version would misread."""
    if not 1 <= message.format <= FORMAT:
        raise TraceError(f"format {message.format} of traces is not known", hint=_NEWER)
    if not 1 <= message.meaning <= MEANING:
        raise TraceError(f"meaning {message.meaning} of records is not known", hint=_NEWER)
    unknown = sorted(set(message.required_features) - KNOWN_FEATURES)
    if unknown:
        raise TraceError(f"the trace requires what is not known: {unknown}", hint=_NEWER)
    return Header(
        release=message.release,
        name=message.name,
        description=message.description,
        source_kind=_member(SourceKind, message.source_kind),
        source=message.source,
        outcome_detail=_member(OutcomeDetail, message.outcome_detail),
        properties=tuple((each.key, each.value) for each in message.properties),
        attachments=tuple(
            Attachment(each.name, each.media_type, each.content) for each in message.attachments
        ),
        tool_version=message.tool_version,
        meaning=message.meaning,
    )


def _member(kind: type[Kind], value: int) -> Kind:
    try:
        return kind(value)
    except ValueError:
        raise TraceError(f"{kind.__name__} {value} is not known", hint=_NEWER) from None

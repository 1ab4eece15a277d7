"""The header of a trace: its release, where it comes from, and what a reader must support."""

from __future__ import annotations

import enum
from typing import Final, TypeVar

from necp_replay import __version__
from necp_replay.dataclass import dataclass
from necp_replay.errors import TraceError
from necp_replay.trace.pb import header_pb2 as pb

FORMAT: Final = 1
"""The version of the file's structure. Older versions are read; only this one is written."""
MEANING: Final = 1
"""The version of how records are replayed. It is increased when a record's meaning changes."""
KNOWN_FEATURES: Final[frozenset[str]] = frozenset()
"""Features that a trace may require of its reader beyond format and meaning. None exist yet."""

Kind = TypeVar("Kind", bound=enum.Enum)

_NEWER: Final = "A newer version of necp-replay wrote this trace; use that one."


class SourceKind(enum.Enum):
    """Where the records come from."""

    UNKNOWN = pb.SOURCE_KIND_UNKNOWN
    SCENARIO = pb.SOURCE_KIND_SCENARIO
    """A scenario that ran on the engine. The source is FILE::NAME."""
    VECTORS = pb.SOURCE_KIND_VECTORS
    """A conformance vector. The source is its name."""
    IMPORT = pb.SOURCE_KIND_IMPORT
    """A recording of another tool. The source names the tool."""
    SYSTEM = pb.SOURCE_KIND_SYSTEM
    """A running system. The source describes it."""


class OutcomeDetail(enum.Enum):
    """How detailed the recorded outcomes are. Only what is recorded is compared."""

    NONE = pb.OUTCOME_DETAIL_NONE
    """There are no outcomes."""
    VECTORS = pb.OUTCOME_DETAIL_VECTORS
    """The fields that conformance vectors measure."""
    FULL = pb.OUTCOME_DETAIL_FULL
    """All fields that our engine fills in, including those that vectors do not measure."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels with the trace. ``name`` has no directories."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a trace. It is in a chunk of its own before the first record.

    ``release`` is the one on which the outcomes were recorded. ``properties`` are pairs of key and
    free text in the writer's order; no key occurs twice.
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
    """The header as the bytes of its message, in the current format.

    Raises ValueError if a property occurs twice, or text is not valid UTF-8.
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
    """The header from its message. Raises TraceError if it requires a newer version."""
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

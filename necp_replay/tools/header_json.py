"""The header of a trace as a JSON object: the first of a trace's JSON lines."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from necp_replay import __version__
from necp_replay.dataclass import dataclass
from necp_replay.events.json_shapes import json_type_name, object_shape, shape_of
from necp_replay.events.text import Text
from necp_replay.trace.header import MEANING, Attachment, Header, OutcomeDetail, SourceKind

MARK: Final = "necptrace"
"""The member that says of a JSON object that it is a header, and in which form."""
FORM: Final = 1
"""The form that is written, and the only one there is so far."""

Kind = TypeVar("Kind", bound=enum.Enum)


@dataclass(slots=True)
class AttachmentForm:
    """The members of an attachment."""

    name: str
    media_type: str = ""
    content: Text = b""


@dataclass(slots=True)
class HeaderForm:
    """The members of the object, but for ``properties``, whose names are free."""

    necptrace: int
    release: str
    name: str = ""
    description: str = ""
    source_kind: str = SourceKind.UNKNOWN.name
    source: str = ""
    outcome_detail: str = OutcomeDetail.NONE.name
    attachments: tuple[AttachmentForm, ...] = ()
    tool_version: str | None = None
    meaning: int | None = None


def header_to_json(header: Header) -> dict[str, Any]:
    """The JSON form of a header; members that say nothing are left out.

    Raises ValueError for a header with a property that occurs twice.
    """
    properties = dict(header.properties)
    if len(properties) != len(header.properties):
        raise ValueError("a property occurs twice in the header")
    form = HeaderForm(
        necptrace=FORM,
        release=header.release,
        name=header.name,
        description=header.description,
        source_kind=header.source_kind.name,
        source=header.source,
        outcome_detail=header.outcome_detail.name,
        attachments=tuple(
            AttachmentForm(each.name, each.media_type, each.content) for each in header.attachments
        ),
        tool_version=header.tool_version,
        meaning=header.meaning,
    )
    written: dict[str, Any] = _FORM.write(form)
    if properties:
        written["properties"] = properties
    return written


def header_from_json(members: Mapping[str, Any]) -> Header:
    """The header that a JSON object describes; only ``necptrace`` and ``release`` must be there.

    Raises ValueError naming the member that is unknown, missing or of the wrong type.
    """
    fields = dict(members)
    if fields.get(MARK) != FORM:
        raise ValueError(f'not the header of a trace, which says "{MARK}": {FORM}')
    properties = _read_properties(fields.pop("properties", {}))
    form = _FORM.read(fields)
    assert isinstance(form, HeaderForm)
    meaning = MEANING if form.meaning is None else form.meaning
    if not 1 <= meaning <= MEANING:
        raise ValueError(f"meaning: {meaning} is not known")
    return Header(
        release=form.release,
        name=form.name,
        description=form.description,
        source_kind=_member(SourceKind, "source_kind", form.source_kind),
        source=form.source,
        outcome_detail=_member(OutcomeDetail, "outcome_detail", form.outcome_detail),
        properties=properties,
        attachments=tuple(
            Attachment(each.name, each.media_type, each.content) for each in form.attachments
        ),
        tool_version=__version__ if form.tool_version is None else form.tool_version,
        meaning=meaning,
    )


def _read_properties(members: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(members, dict):
        raise ValueError(f"properties: expected an object, not {json_type_name(members)}")
    try:
        return tuple((_STRING.read(key), _STRING.read(value)) for key, value in members.items())
    except ValueError as error:
        raise ValueError(f"properties: {error}") from error


def _member(kind: type[Kind], name: str, text: str) -> Kind:
    if text not in kind.__members__:
        raise ValueError(f"{name}: expected one of {', '.join(kind.__members__)}, not {text!a}")
    return kind[text]


_STRING: Final = shape_of(str, omit_defaults=False)
_FORM: Final = object_shape(HeaderForm, omit_defaults=True)

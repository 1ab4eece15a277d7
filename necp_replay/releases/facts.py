"""The facts of a profile with their documentation, and those in which two profiles differ."""

from __future__ import annotations

import ast
import enum
import inspect
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from necp_replay.errors import UsageError
from necp_replay.releases.chain import RELEASES
from necp_replay.releases.profile import Profile


@dataclass(frozen=True, slots=True)
class DifferingFact:
    """A fact with its values in two releases."""

    name: str
    old: str
    new: str
    documentation: str


def find_release(tag: str) -> Profile:
    """The profile of a release. Raises UsageError for one that is not modelled."""
    profile = RELEASES.get(tag)
    if profile is None:
        raise UsageError(
            f"release {tag!r} is not modelled", hint="`necp-replay releases` lists those that are."
        )
    return profile


def differing_facts(old: Profile, new: Profile) -> list[DifferingFact]:
    """Every fact in which two profiles differ, in the order of the profile, the tag left out."""
    documentation = fact_documentation()
    return [
        DifferingFact(
            entry.name,
            shown_fact(old, entry.name),
            shown_fact(new, entry.name),
            documentation[entry.name],
        )
        for entry in fields(Profile)
        if entry.name != "release" and getattr(old, entry.name) != getattr(new, entry.name)
    ]


@cache
def fact_documentation() -> dict[str, str]:
    """The text that stands below each field of :class:`Profile`, by field name."""
    (class_,) = ast.parse(inspect.getsource(Profile)).body
    assert isinstance(class_, ast.ClassDef)
    texts: dict[str, str] = {}
    name = ""
    for statement in class_.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)):
                pass
            case ast.Expr(value=ast.Constant(value=str(text))) if name:
                texts[name] = inspect.cleandoc(text)
    return texts


def shown_fact(profile: Profile, name: str) -> str:
    """A fact's value as people read it."""
    value: Any = getattr(profile, name)
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, frozenset):
        return ", ".join(sorted(item.name for item in value))
    return str(value)

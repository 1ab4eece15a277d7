"""Titles and lines of records for people: addresses in their usual form, texts with spaces.

The titles of :mod:`necp_replay.outcomes.render_input` are compared and stored in goldens. In them a
word has no space, and bytes are digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Final

from necp_replay.events.inputs import Input
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import SKIPPED, title, value_text
from necp_replay.outcomes.render_passed import ADDRESSES, address_passed
from necp_replay.outcomes.safe_text import escape_beside_ids

_WORD: Final = re.compile(r"(?P<name>[^\s=]+)=(?P<value>(?:[^\s\\]|\\.)*\\x20(?:[^\s\\]|\\.)*)")
_ESCAPE: Final = re.compile(r"\\(x20|.)")


def shown_title(event: Input, names: StableNames) -> str:
    """The title for people: ``socket_create name="to 203.0.113.5:443" pid=100``."""
    shown = title(event, names)
    for name in _addresses(event):
        value = getattr(event, name)
        if value:
            shown = shown.replace(
                f" {name}={value_text(value, names)}", f" {name}={address_passed(value)}", 1
            )
    return with_spaces(shown)


def arguments_of(event: Input, names: StableNames) -> Iterator[tuple[str, str]]:
    """The names and values of an input's fields that have an effect, safe to print."""
    addresses = _addresses(event)
    for entry in fields(event):
        value = getattr(event, entry.name)
        if value is None or value == entry.default or entry.name in SKIPPED:
            continue
        if isinstance(value, str):
            shown = escape_beside_ids(value)
        elif entry.name in addresses and value:
            shown = address_passed(value)
        else:
            shown = value_text(value, names)
        yield entry.name.rstrip("_"), shown


def with_spaces(line: str) -> str:
    """A line in which words with escaped spaces have quotes instead: ``reason="no memory"``."""
    return _WORD.sub(lambda word: f'{word["name"]}="{_plain(word["value"])}"', line)


def _plain(value: str) -> str:
    return _ESCAPE.sub(lambda found: " " if found[1] == "x20" else found[0], value)


def _addresses(event: Input) -> list[str]:
    return [name for kind, name in ADDRESSES if kind is type(event)]

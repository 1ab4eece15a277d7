"""What is different in goldens of version 2, which older versions of this project wrote: titles.

There all bytes are digits, at most 24 of them with the number of the others, and a space in a text
is ``\\x20``: ``netagent_register session=of\\x20utun0 domain=0x446f6d61696e``. A title of a newer
version says more, so titles are only converted to older ones.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.golden.versions import VERSIONS
from necp_replay.outcomes.render_input import SHOWN_BYTES, WITH_ADDRESSES, bytes_of_titles
from necp_replay.outcomes.title_words import (
    address_of_word,
    bytes_of_word,
    without_quotes,
    words_of,
)

_WITH_ADDRESSES: Final = tuple(f"{name} " for name in WITH_ADDRESSES)


def title_in(title: str, have: int, wanted: int) -> str:
    """A title of one version as in another one, which is not newer."""
    if VERSIONS[have].readable_titles and not VERSIONS[wanted].readable_titles:
        return title_to_version_2(title)
    return title


def title_to_version_2(title: str) -> str:
    """The title of a record as version 2 has it."""
    if '"' not in title and not title.startswith(_WITH_ADDRESSES):
        return title
    kind, *words = words_of(title)
    is_text = bytes_of_titles(kind)
    for place, word in enumerate(words):
        name, _, value = word.partition("=")
        if name in is_text:
            words[place] = f"{name}={_digits(value, is_text=is_text[name])}"
        else:
            words[place] = without_quotes(word)
    return " ".join([kind, *words])


def _digits(value: str, *, is_text: bool) -> str:
    """A word for bytes as digits; one that shows digits or an id stays."""
    if is_text:
        shown = bytes_of_word(value)
    else:
        address = address_of_word(value)
        shown = None if address is None else (address, 0)
    if shown is None:
        return value
    content, left_out = shown
    if len(content) == UUID_BYTES and not left_out:
        return content.hex()
    hidden = len(content) + left_out - SHOWN_BYTES
    return f"0x{content[:SHOWN_BYTES].hex()}" + (f"+{hidden}" if hidden > 0 else "")

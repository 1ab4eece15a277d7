"""The bytes of a saved state.

====================  ===============================================================
bytes                 what
====================  ===============================================================
12                    ``NECP state``, 0x0d, 0x0a
4                     the number of the form, :data:`FORM`
32                    the digest of the table of classes, :func:`layout_digest`
32                    SHA-256 of everything that follows
4                     the length of the release's tag, which follows the numbers
4                     how many bytes the rows have
4                     how many contents there are
release               the tag of the release, UTF-8
rows                  the rows as JSON: a list of lists of numbers, text, null, lists
4 for each content    the length of each content
contents              the contents, one after the other
====================  ===============================================================

Numbers are little-endian. The form depends on no machine and no version of Python.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from struct import Struct
from typing import Any, Final

from necp_replay.errors import SavedStateError
from necp_replay.kernel.saving.classes import CLASSES, MachineParts
from necp_replay.kernel.saving.flatten import Flattened, flatten
from necp_replay.kernel.saving.rebuild import rebuild
from necp_replay.releases.profile import Profile

FORM: Final = 1
"""The number of the form. It goes up when the meaning of bytes changes with the same table."""


def save(parts: MachineParts) -> bytes:
    """The state as bytes; equal states give equal bytes. Nothing is changed."""
    flat = flatten(parts)
    rows = json.dumps(flat.rows, check_circular=False, separators=(",", ":")).encode("ascii")
    release = parts.kernel.profile.release.encode()
    lengths = Struct(f"<{len(flat.contents)}I").pack(*map(len, flat.contents))
    body = b"".join(
        (
            _LENGTHS.pack(len(release), len(rows), len(flat.contents)),
            *(release, rows, lengths, *flat.contents),
        )
    )
    return _BEGINNING.pack(_MAGIC, FORM, layout_digest(), hashlib.sha256(body).digest()) + body


def restore(profile: Profile, state: bytes) -> MachineParts:
    """The state from bytes that :func:`save` made. It shares nothing with another machine.

    Raises SavedStateError for anything else: bytes that are cut short or changed, of another form
    or another table of classes, and for the state of another release than that of the profile.
    """
    view = memoryview(state)
    if len(view) < _BEGINNING.size + _LENGTHS.size:
        raise SavedStateError("a saved state is cut short")
    magic, form, layout, digest = _BEGINNING.unpack_from(view)
    if magic != _MAGIC:
        raise SavedStateError("this is not a saved state")
    if form != FORM or layout != layout_digest():
        raise SavedStateError("this state was saved by another version of the engine")
    body = view[_BEGINNING.size :]
    if hashlib.sha256(body).digest() != digest:
        raise SavedStateError("a saved state is damaged: its checksum is another one")
    release, flat = _parse(body)
    if release != profile.release:
        raise SavedStateError(f"this is a state of {release}, and not of {profile.release}")
    return rebuild(flat, profile)


def fork(parts: MachineParts, profile: Profile) -> MachineParts:
    """The same state once more, for this profile. The two share nothing that can change."""
    return rebuild(flatten(parts), profile)


@cache
def layout_digest() -> bytes:
    """The digest of the table of classes, 32 bytes: which fields rows have, and of which kinds."""
    described = [
        (each.class_.__name__, [(name, _described(kind)) for name, kind in each.fields.items()])
        for each in CLASSES
    ]
    return hashlib.sha256(json.dumps(described).encode()).digest()


def _described(kind: Any) -> Any:
    """A kind as lists of text, for its digest."""
    if isinstance(kind, type):
        return kind.__name__
    if isinstance(kind, tuple):
        return [_described(each) for each in kind]
    fields = getattr(kind, "__dataclass_fields__", None)
    if fields is not None:
        return [type(kind).__name__, *(_described(getattr(kind, name)) for name in fields)]
    return getattr(kind, "name", None) or getattr(kind, "__name__", None) or str(kind)


def _parse(body: memoryview) -> tuple[str, Flattened]:
    release_bytes, rows_bytes, count = _LENGTHS.unpack_from(body)
    rows_at = _LENGTHS.size + release_bytes
    lengths_at = rows_at + rows_bytes
    contents_at = lengths_at + 4 * count
    if contents_at > len(body):
        raise SavedStateError("a saved state is cut short")
    lengths = Struct(f"<{count}I").unpack_from(body, lengths_at)
    if contents_at + sum(lengths) != len(body):
        raise SavedStateError("a saved state has too many or too few bytes")
    contents = []
    place = contents_at
    for length in lengths:
        contents.append(bytes(body[place : place + length]))
        place += length
    try:
        release = bytes(body[_LENGTHS.size : rows_at]).decode()
        rows = json.loads(bytes(body[rows_at:lengths_at]).decode("ascii"))
    except (ValueError, RecursionError):
        raise SavedStateError("the rows of a saved state cannot be read") from None
    if type(rows) is not list:
        raise SavedStateError("the rows of a saved state are not a list")
    return release, Flattened(rows, contents)


_MAGIC: Final = b"NECP state\r\n"
_BEGINNING: Final = Struct("<12sI32s32s")
_LENGTHS: Final = Struct("<III")

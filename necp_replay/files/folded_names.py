"""Names that some file systems take for one: they differ in case or in Unicode normal form only.

Names are compared on every file system, since a checkout moves from one to another.
"""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path, PurePath


def folded(name: str) -> str:
    """The form in which names are equal that a file system may take for one."""
    decomposed = unicodedata.normalize("NFD", name)
    return unicodedata.normalize("NFD", decomposed.casefold())


def told_apart(name: object, other: object) -> tuple[str, str]:
    """Two names as texts that a reader can tell apart.

    Where they look the same because only their Unicode normal form differs, the characters beyond
    ASCII are written like ``<U+0301>``.
    """
    texts = str(name), str(other)
    if unicodedata.normalize("NFC", texts[0]) != unicodedata.normalize("NFC", texts[1]):
        return texts
    return _in_ascii(texts[0]), _in_ascii(texts[1])


def _in_ascii(text: str) -> str:
    return "".join(each if each.isascii() else f"<U+{ord(each):04X}>" for each in text)


class FoldedNames:
    """Finds files by folded names. Each folder is read once, when it is first asked for."""

    def __init__(self) -> None:
        self._listed: dict[Path, dict[str, list[str]]] = {}

    def other(self, root: Path, path: PurePath) -> Path | None:
        """A file below ``root`` whose path is not ``path`` but the same when folded, or None.

        ``path`` is relative to ``root``; it need not exist.
        """
        found = [PurePath()]
        for part in path.parts:
            form = folded(part)
            found = [
                folder / name
                for folder in found
                for name in self._names_in(root / folder).get(form, ())
            ]
        others = sorted(each for each in found if each != path)
        return root / others[0] if others else None

    def _names_in(self, folder: Path) -> dict[str, list[str]]:
        if folder not in self._listed:
            names: dict[str, list[str]] = {}
            try:
                for name in os.listdir(folder):
                    names.setdefault(folded(name), []).append(name)
            except OSError:
                # Writing into the folder reports what is wrong with it.
                names.clear()
            self._listed[folder] = names
        return self._listed[folder]

"""Finds files of one kind below a folder: each real file once, through links as well.

Links to folders are followed, unless they lead to a folder that was visited already, or to one
that holds the folder in which the search began. So a circle of links ends, and the work is bounded
by the number of real folders. Where a file has several paths, the one without links is taken, else
the first. Hard links are files of their own: each is an entry of a folder, and copying a checkout
separates them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import field
from pathlib import Path
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.files.grouped_texts import PathList

CANNOT_BE_READ: Final = "cannot be read, so its content is not known"
"""Why a folder was left out."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A path that was left out. ``why`` is the end of a sentence that begins with the path.

    ``is_seen`` says that all below it was found under another path.
    """

    path: Path
    why: str
    is_seen: bool = False


@dataclass(slots=True)
class Walk:
    """What was found: files in the order of their paths, and what was left out.

    ``unreadable`` are folders that could not be read, so their content is not known.
    """

    files: Sequence[Path] = ()
    unreadable: list[Path] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def walk_files(folder: Path, suffix: str) -> Walk:
    """All files below a folder whose names end with ``suffix``. Raises nothing.

    A broken link with that suffix counts as a file: reading it says that it is broken.
    """
    walker = _Walker(folder, suffix)
    walker.run()
    found = walker.found
    found.unreadable.sort()
    found.skipped.sort(key=lambda each: each.path)
    return found


def real_path(path: Path) -> Path:
    """A path without links, also where the file does not exist. Raises nothing."""
    return Path(os.path.realpath(path))


class RealPaths:
    """The real paths of many files. Each folder is looked at once, so it must not change."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}

    def of(self, path: Path) -> str:
        """The path without links, also where the file does not exist. Raises nothing."""
        folder, name = os.path.split(os.fspath(path))
        if name in ("", ".", ".."):
            return os.path.realpath(path)
        real = self._folders.get(folder)
        if real is None:
            real = self._folders[folder] = os.path.realpath(folder)
        found = os.path.join(real, name)
        return os.path.realpath(path) if os.path.islink(found) else found


def link_target(path: Path) -> str | None:
    """What a link says that it leads to; None for what is no link. Raises nothing."""
    try:
        return os.readlink(path)
    except OSError:
        return None


_LINK, _FOLDER, _FILE, _OTHER = range(4)


def _kind_of(entry: os.DirEntry[str]) -> int:
    if entry.is_symlink():
        return _LINK
    if entry.is_dir(follow_symlinks=False):
        return _FOLDER
    return _FILE if entry.is_file(follow_symlinks=False) else _OTHER


class _Walker:
    def __init__(self, folder: Path, suffix: str) -> None:
        self.found = Walk()
        self._start = folder
        self._suffix = suffix
        self._above = set(map(os.fspath, (real := real_path(folder)).parents))
        self._visited: dict[str, Path] = {}
        """The real path of each visited folder, and the path under which it was visited."""
        self._files = PathList()
        self._folder_links: list[Path] = []
        self._file_links: list[Path] = []
        self._first = os.fspath(real)

    def run(self) -> None:
        self._visit(self._start, self._first)
        self.found.files = self._files
        if not self._folder_links and not self._file_links:
            return
        # Real paths were all visited, so links are left out rather than what they lead to.
        while self._folder_links:
            links, self._folder_links = sorted(self._folder_links), []
            for link in links:
                self._follow(link)
        files = list(self._files)
        real_of = {folder: real for real, folder in self._visited.items()}
        real_files = {os.path.join(real_of[path.parent], path.name): path for path in files}
        for link in sorted(self._file_links):
            real = os.path.realpath(link)
            other = real_files.setdefault(real, link)
            if other is link:
                files.append(link)
            else:
                self._skip(link, f"is the same file as {other}, which is taken instead", seen=True)
        self.found.files = sorted(files)

    def _follow(self, link: Path) -> None:
        real = os.path.realpath(link)
        if real in self._above:
            self._skip(link, f"is a link that leads back to {real}, so it is not followed")
        else:
            self._visit(link, real)

    def _visit(self, top: Path, top_real: str) -> None:
        """Look at a folder and all real folders below it, in the order of their paths."""
        pending = [self._folders_in(top, top_real)]
        while pending:
            below = next(pending[-1], None)
            if below is None:
                pending.pop()
            else:
                pending.append(self._folders_in(*below))

    def _folders_in(self, folder: Path, real: str) -> Iterator[tuple[Path, str]]:
        """Look at a folder. Gives each folder in it, at its place among the files."""
        if real in self._visited:
            other = self._visited[real]
            self._skip(folder, f"is the same folder as {other}, which is taken instead", seen=True)
            return
        self._visited[real] = folder
        try:
            with os.scandir(folder) as entries:
                # Not the entries: a folder can have very many.
                listed = sorted(
                    (entry.name, kind)
                    for entry in entries
                    if (kind := _kind_of(entry)) != _FILE or entry.name.endswith(self._suffix)
                )
        except OSError:
            self.found.unreadable.append(folder)
            return
        for name, kind in listed:
            if kind == _LINK:
                self._sort_link(folder / name)
            elif kind == _FOLDER:
                yield folder / name, os.path.join(real, name)
            elif not name.endswith(self._suffix):
                continue
            elif kind == _FILE:
                self._files.add(folder, name)
            else:
                self._skip(folder / name, "is not a regular file, so it is not read")

    def _sort_link(self, link: Path) -> None:
        """Remember a link for later: all real paths come first."""
        try:
            mode = os.stat(link).st_mode
        except OSError:
            if link.name.endswith(self._suffix):
                self._files.add(link.parent, link.name)
            elif not link.name.startswith("."):
                # Editors lock files with hidden broken links.
                self._skip(link, "is a broken link, so what it should lead to is not known")
            return
        if stat.S_ISDIR(mode):
            self._folder_links.append(link)
        elif link.name.endswith(self._suffix):
            if stat.S_ISREG(mode):
                self._file_links.append(link)
            else:
                self._skip(link, "does not lead to a regular file, so it is not read")

    def _skip(self, path: Path, why: str, *, seen: bool = False) -> None:
        self.found.skipped.append(Skipped(path, why, seen))

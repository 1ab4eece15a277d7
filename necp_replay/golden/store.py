"""The folder of goldens: which file holds the golden of a trace on a release.

``golden/client/add.golden`` is the golden of ``traces/client/add.necptrace`` from the oldest
release on. ``add@xnu-4570.51.1.golden`` takes its place from that release on.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from dataclasses import field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from necp_replay.dataclass import dataclass
from necp_replay.errors import GoldenError
from necp_replay.files.bounded_read import read_up_to
from necp_replay.files.folded_names import FoldedNames
from necp_replay.golden.altered_by_git import check_unaltered
from necp_replay.golden.beginning import BEGINNING_BYTES, check_beginning
from necp_replay.golden.reading_limits import MAX_GOLDEN_BYTES, MAX_GOLDEN_LINES, TOO_LARGE
from necp_replay.golden.source import cannot_read

if TYPE_CHECKING:
    from necp_replay.golden.document import GoldenDocument

SUFFIX = ".golden"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class GoldenStore:
    """A folder of goldens.

    A ``name`` is the path of a trace below the root of traces, without suffix.
    """

    root: Path
    names: FoldedNames = field(default_factory=FoldedNames, compare=False, repr=False)

    def path(self, name: str, release: str | None = None) -> Path:
        """The file that holds for a trace from a release on, or (None) from the oldest on.

        Raises GoldenError for a name that is like a golden of another trace, or in a folder called
        so, and for a release that could lead out of the folder. All may come from untrusted traces.
        """
        if release is not None and not _PLAIN_NAME.fullmatch(release):
            raise GoldenError(f"release {release!r} is not a plain name, so it has no golden")
        for folder in PurePosixPath(name).parents:
            if folder.name.casefold().endswith(SUFFIX):
                raise GoldenError(
                    f"the folder {str(folder)!r} of its trace has the name of a golden",
                    hint=f"Rename the folder: {SUFFIX} ends the names of goldens.",
                )
        other, at, end = name.rpartition("@")
        if at and _PLAIN_NAME.fullmatch(end):
            raise GoldenError(
                f"a trace called {name!r} would have the golden of the trace {other!r} on {end}",
                hint="Rename the trace: what follows @ in the name of a golden is a release.",
            )
        return self.root / f"{name}{'' if release is None else '@' + release}{SUFFIX}"

    def find(self, name: str, release: str) -> Path | None:
        """The file that holds for a release, None if there is none.

        A golden holds from its release on, along the lineage, until the next one. So it is the
        newest file among those of the release and its ancestors, else the one without a release.
        Raises GoldenError where something else has the name of one, such as a link to nothing:
        an older golden would be taken in its place.
        """
        # A run of which everything is remembered asks for no golden, and needs no releases.
        from necp_replay.releases.lineage import from_oldest

        for tag in reversed(from_oldest(release)):
            candidate = self.path(name, tag)
            if _holds_golden(candidate):
                return candidate
        common = self.path(name)
        return common if _holds_golden(common) else None

    def finder(self, name: str) -> Callable[[str], Path | None]:
        """A function that finds as :meth:`find` does, and looks for each file once."""
        from necp_replay.releases.lineage import from_oldest

        there: dict[str | None, Path | None] = {}

        def holder(tag: str | None) -> Path | None:
            if tag not in there:
                path = self.path(name, tag)
                there[tag] = path if _holds_golden(path) else None
            return there[tag]

        def find(release: str) -> Path | None:
            tags = (*reversed(from_oldest(release)), None)
            return next((path for path in map(holder, tags) if path is not None), None)

        return find

    def files(self, name: str) -> list[Path]:
        """The goldens of a trace, that of the oldest release first.

        Raises GoldenError where something else has the name of one.
        """
        from necp_replay.releases.lineage import RELEASES
        from necp_replay.releases.under_way import UNDER_WAY

        tags = (None, *RELEASES, *UNDER_WAY)
        return [path for path in (self.path(name, tag) for tag in tags) if _holds_golden(path)]

    def check_others(self, name: str, found: Path | None) -> None:
        """Raise GoldenError if git altered another golden of the trace than ``found``.

        Git leaves marks of a merge and CR LF in some of the files only, and a run on one release
        reads only one of them.
        """
        for path in self.files(name):
            if path != found:
                try:
                    check_unaltered(path)
                except OSError as error:
                    raise cannot_read(error, path) from None

    def read(self, path: Path) -> GoldenDocument:
        """What a golden holds. Raises GoldenError if it is not one."""
        try:
            content = read_whole(path)
            check_beginning(content[:BEGINNING_BYTES])
            if content.count(b"\n") > MAX_GOLDEN_LINES:
                raise GoldenError(f"more than {MAX_GOLDEN_LINES:,} lines", hint=TOO_LARGE)
        except GoldenError as error:
            error.name_file(str(path))
            raise
        except OSError as error:
            raise cannot_read(error, path) from None
        from necp_replay.golden.reader import GoldenReader, read_document

        return read_document(GoldenReader.of_bytes(content, path))


def read_whole(path: Path) -> bytes:
    """The bytes of a file in the place of a golden. Raises GoldenError above 256 MiB, OSError."""
    with path.open("rb") as stream:
        content = read_up_to(stream, MAX_GOLDEN_BYTES)
    if len(content) > MAX_GOLDEN_BYTES:
        raise GoldenError(
            f"larger than {MAX_GOLDEN_BYTES >> 20} MiB", file=str(path), hint=TOO_LARGE
        )
    return content


def is_golden_file(path: Path) -> bool:
    """Whether a regular file is at a path. Raises GoldenError where that cannot be known."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            # No file can have this name.
            return False
        raise cannot_read(error, path) from None


def _holds_golden(path: Path) -> bool:
    """Whether a golden is at a path. Raises GoldenError where something else is."""
    if is_golden_file(path):
        return True
    if os.path.lexists(path):
        raise GoldenError(
            "is neither a regular file nor a link to one",
            file=str(path),
            hint="Remove it, or put the golden in its place.",
        )
    return False

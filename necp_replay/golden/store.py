"""The folder of goldens: which file holds the golden of a trace on a release.

``golden/client/add.golden`` is the golden of ``traces/client/add.necptrace`` from the oldest
release on. ``add@xnu-4570.51.1.golden`` takes its place from that release on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from necp_replay.errors import GoldenError
from necp_replay.golden.document import GoldenDocument, parse_golden
from necp_replay.releases.lineage import from_oldest

MAX_GOLDEN_BYTES = 256 * 1024 * 1024
"""Bounds the memory for a file that is read as a whole."""
SUFFIX = ".golden"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class GoldenStore:
    """A folder of goldens.

    A ``name`` is the path of a trace below the root of traces, without suffix.
    """

    root: Path

    def path(self, name: str, release: str | None = None) -> Path:
        """The file that holds for a trace from a release on, or (None) from the oldest on.

        Raises GoldenError for a release that could lead out of the folder. It may come from an
        untrusted trace.
        """
        if release is not None and not _PLAIN_NAME.fullmatch(release):
            raise GoldenError(f"release {release!r} is no plain name, so it has no golden")
        return self.root / f"{name}{'' if release is None else '@' + release}{SUFFIX}"

    def find(self, name: str, release: str) -> Path | None:
        """The file that holds for a release, None if there is none.

        A golden holds from its release on, along the lineage, until the next one. So it is the
        newest file among those of the release and its ancestors, else the one without a release.
        """
        for tag in reversed(from_oldest(release)):
            candidate = self.path(name, tag)
            if candidate.is_file():
                return candidate
        common = self.path(name)
        return common if common.is_file() else None

    def read(self, path: Path) -> str:
        """The text of a golden. Raises GoldenError if it is not one."""
        try:
            if path.stat().st_size > MAX_GOLDEN_BYTES:
                raise GoldenError("larger than 256 MiB", file=str(path))
            text = path.read_bytes().decode("utf-8")
        except OSError as error:
            raise GoldenError(str(error.strerror), file=str(path)) from None
        except UnicodeDecodeError as error:
            raise GoldenError("not UTF-8 text", file=str(path), offset=error.start) from None
        parse(text, path)
        return text


def parse(text: str, path: Path) -> GoldenDocument:
    """Parse a golden file. Every GoldenError names the file."""
    try:
        return parse_golden(text)
    except GoldenError as error:
        error.name_file(str(path))
        raise

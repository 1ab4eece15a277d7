"""Where goldens are kept: beside ``traces/``, one for all releases or one for a single release."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from necp_replay.errors import GoldenError
from necp_replay.golden.document import GoldenDocument, parse_golden

MAX_GOLDEN_BYTES = 256 * 1024 * 1024
SUFFIX = ".golden"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class GoldenStore:
    """A folder of goldens. ``name`` is a trace's path below its root, without the suffix."""

    root: Path

    def path(self, name: str, release: str | None = None) -> Path:
        """The file for a trace, of one release or (None) of every release without its own.

        Raises GoldenError for a release that is no plain name: it may come from a stranger's trace.
        """
        if release is not None and not _PLAIN_NAME.fullmatch(release):
            raise GoldenError(f"release {release!r} is no plain name, so it has no golden")
        return self.root / f"{name}{'' if release is None else '@' + release}{SUFFIX}"

    def find(self, name: str, release: str) -> Path | None:
        """The file that holds for this release: its own, else the common one, else None."""
        for candidate in (self.path(name, release), self.path(name)):
            if candidate.is_file():
                return candidate
        return None

    def read(self, path: Path) -> str:
        """A golden's text, checked to be one. Raises GoldenError."""
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
    """The document of a golden file, with the file named in any error."""
    try:
        return parse_golden(text)
    except GoldenError as error:
        error.name_file(str(path))
        raise

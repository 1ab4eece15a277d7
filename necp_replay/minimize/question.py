"""The digest of what a search is about: kept work with another digest cannot be used.

It covers the trace, the golden, the options that change an answer, and the code that gives the
answers. The number of processes and the budget do not change an answer, so they are not in it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import necp_replay
from necp_replay.minimize.kept_work import digest_of
from necp_replay.minimize.options import MinimizeOptions


def question_of(path: Path, options: MinimizeOptions) -> str:
    """The digest of a search in a trace, as hexadecimal digits. Raises OSError."""
    pair = options.pair
    parts = (
        digest_of(path),
        None if options.golden is None else digest_of(options.golden),
        (options.release, options.expected_release, options.engines_key),
        (options.wanted.record, options.wanted.fingerprint),
        (pair.expected is None, pair.beyond_vectors, pair.shown_only, pair.attempts),
        necp_replay.__version__,
        _code_digest(),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _code_digest() -> str:
    """The digest of the source files of ``necp_replay``, as far as there are any."""
    found = hashlib.sha256()
    folder = Path(necp_replay.__file__).parent
    for source in sorted(folder.rglob("*.py")):
        found.update(str(source.relative_to(folder)).encode())
        found.update(hashlib.sha256(source.read_bytes()).digest())
    return found.hexdigest()

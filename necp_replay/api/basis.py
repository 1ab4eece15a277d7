"""What is needed to judge a run besides its reports. It is the same for all parts of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date

from necp_replay.dataclass import dataclass
from necp_replay.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Basis:
    """The basis of a run over ``traces`` traces, whose names have the digest ``names``.

    ``own_release`` says that each trace runs on the release that it was recorded on. ``complete``
    says that they are all traces of their project; only then unused goldens and rules are known.
    ``unused_goldens`` are the paths of goldens that belong to none of them, as text. ``today``
    decides which of the ``rules`` have expired.
    """

    traces: int
    names: str
    own_release: bool = True
    complete: bool = False
    unused_goldens: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    today: date | None = None


def digest_of_names(names: Iterable[str]) -> str:
    """Sixteen digits that are the same for the same names in the same order."""
    digest = hashlib.sha256()
    between = ""
    for name in names:
        digest.update(f"{between}{name!r}".encode("utf-8", "backslashreplace"))
        between = "\n"
    return digest.hexdigest()[:16]


def basis_of(
    names: Sequence[str],
    *,
    release: str | None,
    complete: bool,
    unused_goldens: Iterable[object] = (),
    rules: tuple[Rule, ...] = (),
    today: date | None = None,
) -> Basis:
    """The basis of a run over the traces with these names; ``release`` is None for their own."""
    return Basis(
        len(names),
        digest_of_names(names),
        release is None,
        complete,
        tuple(map(str, unused_goldens)),
        rules,
        today,
    )

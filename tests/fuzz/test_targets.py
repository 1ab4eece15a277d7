"""What fuzzing starts from, and what it found before, passes; fuzzing itself is ``make fuzz``."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

import pytest

from tests.fuzz import targets
from tests.fuzz.targets import Target

FOUND: Final[dict[str, tuple[Target, bytes]]] = {
    "an archive that ends within a file": (
        targets.import_archive,
        next(seed[1:] for seed in targets.importer_seeds() if seed[0] == 2)[:900],
    ),
}


@pytest.mark.parametrize(("target", "content"), FOUND.values(), ids=FOUND)
def test_what_was_found_is_fixed(target: Target, content: bytes) -> None:
    target(content)


@pytest.mark.parametrize(
    ("group", "seeds"),
    [
        (targets.READER, list(targets.reader_seeds())),
        (targets.IMPORTERS, list(targets.importer_seeds())),
    ],
    ids=["reader", "importers"],
)
def test_seeds_and_what_is_near_them_pass(group: Sequence[Target], seeds: list[bytes]) -> None:
    chances = random.Random(1)
    for seed in seeds:
        target = group[seed[0]]
        target(seed[1:])
        for _ in range(30):
            content = bytearray(seed[1:])
            for _ in range(chances.choice((1, 2, 5))):
                content[chances.randrange(len(content))] = chances.randrange(256)
            target(bytes(content))

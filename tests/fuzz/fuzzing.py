"""Runs one of the fuzz targets under atheris, from seeds of its own."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import atheris

from tests.fuzz.targets import Target


def fuzz(targets: Sequence[Target], seeds: Iterable[bytes]) -> None:
    """Fuzz until the time is over (-max_total_time=S), or something is found.

    The first byte of an input chooses its target. Whatever libFuzzer understands can follow on the
    command line; what it found is in the current folder, as crash-*.
    """

    def run(content: bytes) -> None:
        if content:
            targets[content[0] % len(targets)](content[1:])

    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds):
            (Path(corpus) / f"seed{number}").write_bytes(seed)
        options = ["-max_len=20000", "-rss_limit_mb=1024", "-timeout=20"]
        atheris.Setup([sys.argv[0], *options, *sys.argv[1:], corpus], run)
        atheris.Fuzz()

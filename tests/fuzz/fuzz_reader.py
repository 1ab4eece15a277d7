"""Fuzzes the reader: ``python -m tests.fuzz.fuzz_reader -max_total_time=60``."""

from __future__ import annotations

import atheris

with atheris.instrument_imports(include=["necp_replay"]):
    from tests.fuzz import targets

from tests.fuzz.fuzzing import fuzz

if __name__ == "__main__":
    fuzz(targets.READER, targets.reader_seeds())

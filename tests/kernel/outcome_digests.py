"""Prints a digest of what our engine answers to each trace of a folder (`.ci/compiled`).

    python tests/kernel/outcome_digests.py traces

A digest covers every outcome as a trace would record it, also where the trace records none, and the
whole state at the end. After the first records the machine is saved, and a restored one goes on.
The compiled engine and the pure one must print the same.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Final

from necp_replay.cli.version import is_compiled
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import encode_record


def main(folder: Path) -> None:
    """Print a line for each trace, and on standard error which engine answered."""
    print("compiled" if is_compiled() else "pure Python", file=sys.stderr)
    for path in sorted(folder.rglob("*.necptrace")):
        print(digest_of(path), path.relative_to(folder).as_posix())


def digest_of(path: Path) -> str:
    """The digest of all outcomes and of the state at the end, on the release of the trace."""
    digest = hashlib.sha256()
    with TraceReader(path) as reader:
        profile = find_release(reader.header.release)
        machine = Machine(profile)
        for number, step, _ in reader:
            digest.update(encode_record(step, machine.submit(step)))
            if number == _SAVED_AFTER:
                machine = Machine.restore(profile, machine.save())
    digest.update(machine.save())
    return digest.hexdigest()


_SAVED_AFTER: Final = 20


if __name__ == "__main__":
    main(Path(sys.argv[1]))

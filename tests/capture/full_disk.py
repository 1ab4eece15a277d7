"""Captures a program onto a disk that gets full, and prints the result as JSON.

    unshare -m python -m tests.capture.full_disk FOLDER KILOBYTES

A file system of that size is mounted on the folder, so this runs in a mount namespace of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from necp_replay.capture.recording import CallKind, CallRecording, create_recording
from necp_replay.capture.run import capture_environment
from tests.capture.built import built_programs

CALLS = 7_001
_SIZE_BYTES = 64 << 20


def main(folder: Path, kilobytes: int) -> None:
    """Mount, run the program with its recording on the small disk, and read that back."""
    built = built_programs()
    size = f"size={kilobytes}k"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", folder], check=True)
    recording = folder / "recording"
    create_recording(recording, _SIZE_BYTES)
    arguments = ("threads", "4", str(CALLS))
    alone = built.run(*arguments)
    captured = built.run(*arguments, **capture_environment(built.library, recording))
    with CallRecording(recording) as opened:
        kinds = [call.kind for call in opened.calls()]
        lost = opened.lost
    report = {
        "same": (captured.returncode, captured.stdout) == (alone.returncode, alone.stdout),
        "calls": sum(kind not in (CallKind.BEGINS, CallKind.EXITS) for kind in kinds),
        "others": sum(kind in (CallKind.BEGINS, CallKind.EXITS) for kind in kinds),
        "lost": lost,
        "room_left": os.statvfs(folder).f_bavail,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

"""``necp-replay capture``: run a program, and make a trace of the NECP calls that it makes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from necp_replay.cli.arguments import (
    Commands,
    add_output,
    add_release,
    given_path,
    new_command,
    size_bytes,
)
from necp_replay.cli.streams import say_on_stderr
from necp_replay.dataclass import dataclass

if TYPE_CHECKING:
    from necp_replay.capture.environment import SystemEnvironment
    from necp_replay.capture.run import ProgramEnd
    from necp_replay.capture.trace import CapturedTrace

_SIZE_BYTES: Final = 4 << 30
_LEAST_BYTES: Final = 64 << 10
_SOMETHING_LOST: Final = 4
_EPILOG = """\
examples:
  necp-replay capture -o curl.necptrace -- /opt/homebrew/bin/curl https://example.org/
  necp-replay capture -o app.necptrace --release macos-15.5 --environment network.jsonl -- ./app
  necp-replay capture -o app.necptrace --from app.necptrace.recording

The program runs with a small C library preloaded. The library is built with the C compiler of this
system and kept in a private folder. It records to FILE.recording, from which FILE is written when
the program ends. If this command is killed, --from makes a trace of the recording that is left.
What the trace lacks, and why, is printed at the end. docs/from-a-real-system.md says what a Mac
needs.

Exit status: that of the program, or 128 + N if signal N ended it. 4 if the program ended with 0 and
calls were lost. 2 if the program could not be started or the trace could not be written.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "capture",
        help="run a program and record its NECP calls as a trace",
        description="Run a program with a recording library before it, and make a trace of the"
        " NECP calls that it and the processes it starts make.",
        epilog=_EPILOG,
    )
    add_output(parser, "the trace", "FILE")
    add_release(parser, "the release of the system (default: that of the running kernel)")
    parser.add_argument(
        "--environment",
        type=given_path,
        metavar="JSONL",
        help="inputs that set up interfaces, routes and policies, as `convert` prints them"
        " (default: what the system shows)",
    )
    parser.add_argument(
        "--library",
        type=given_path,
        metavar="LIB",
        help="use this recording library, and build none",
    )
    parser.add_argument(
        "--size",
        type=size_bytes,
        default=_SIZE_BYTES,
        metavar="SIZE",
        help="the largest size of the recording, such as 500M (default: 4G; it grows as needed)",
    )
    parser.add_argument(
        "--from",
        type=given_path,
        dest="recording",
        metavar="RECORDING",
        help="make the trace of this recording, and run nothing",
    )
    parser.add_argument("program", nargs="*", metavar="PROGRAM", help="the program, after --")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the program, write the trace, say what it lacks; returns the program's status."""
    from necp_replay.capture.environment import given_environment, read_environment
    from necp_replay.capture.library import build_library
    from necp_replay.capture.recording import create_recording
    from necp_replay.capture.run import run_program
    from necp_replay.errors import UsageError
    from necp_replay.files.atomic import check_target

    if bool(options.program) == (options.recording is not None):
        raise UsageError("name either a program, after --, or a recording with --from")
    release, match_result_bytes = _system(options.release)
    environment = (
        read_environment()
        if options.environment is None
        else given_environment(options.environment)
    )
    writing = _Writing(options, release, match_result_bytes, environment)
    if options.recording is not None:
        return _SOMETHING_LOST if writing.write(options.recording).calls_lost else 0
    check_target(options.output)
    library = build_library() if options.library is None else _built(options.library)
    recording = options.output.with_name(f"{options.output.name}.recording")
    if recording.exists() or recording.is_symlink():
        raise UsageError(
            "the recording exists already: from an earlier capture, or from one that is running",
            file=str(recording),
            hint="Make a trace of it with --from, or remove it.",
        )
    create_recording(recording, max(options.size, _LEAST_BYTES))
    try:
        end = run_program(options.program, library, recording)
    except UsageError:
        recording.unlink(missing_ok=True)
        raise
    trace = writing.write(recording, end)
    recording.unlink(missing_ok=True)
    return end.status or (_SOMETHING_LOST if trace.calls_lost else 0)


def _system(named: str | None) -> tuple[str, int]:
    """The release of the system, and how many bytes its ``necp_match_policy`` writes.

    A system whose release is not modelled can be captured, too.
    """
    from necp_replay.capture.system_release import running_release
    from necp_replay.errors import UsageError
    from necp_replay.releases.lineage import RELEASES
    from necp_replay.releases.names import canonical_tag, find_release
    from necp_replay.releases.published import VERSIONS

    name = running_release() if named is None else named
    if name is None:
        raise UsageError(
            "this system has no XNU kernel, so --release has to say which one answers",
            hint="`necp-replay releases` lists the modelled releases.",
        )
    try:
        profile = find_release(name, under_way=True)
    except UsageError:
        if named is not None and canonical_tag(name) not in VERSIONS:
            raise
        say_on_stderr(f"{name} is not modelled: the trace can be read but not replayed")
        return canonical_tag(name), list(RELEASES.values())[-1].match_result.size
    return profile.release, profile.match_result.size


_NO_LIBRARY: Final = "Leave out --library to have one built, or name the file that was built."


def _built(library: Path) -> Path:
    from necp_replay.errors import UsageError

    if not library.is_file():
        raise UsageError("there is no such library", file=str(library), hint=_NO_LIBRARY)
    return library.absolute()


@dataclass(frozen=True, slots=True)
class _Writing:
    """All that a trace is made of besides the recording."""

    options: argparse.Namespace
    release: str
    match_result_bytes: int
    environment: SystemEnvironment

    def write(self, path: Path, end: ProgramEnd | None = None) -> CapturedTrace:
        """Write the trace, and report."""
        from necp_replay.capture.recording import CallRecording
        from necp_replay.capture.trace import write_trace

        options = self.options
        with CallRecording(path) as recording:
            trace = write_trace(
                recording,
                options.output,
                self.release,
                self.match_result_bytes,
                self.environment,
                program=options.program[0] if options.program else "",
                end=end,
            )
        _say(options, trace, end)
        return trace


def _say(options: argparse.Namespace, trace: CapturedTrace, end: ProgramEnd | None) -> None:
    """Report on standard error: standard output is the program's."""
    from necp_replay.capture.not_loaded import why_not_loaded
    from necp_replay.report.words import counted

    calls, number = counted(trace.calls, "call"), trace.processes
    found = f"{number:,} process{'' if number == 1 else 'es'}"
    say_on_stderr(f"{options.output}: {counted(trace.records, 'record')}, {calls} of {found}")
    if not trace.processes and options.program:
        say_on_stderr(f"nothing was recorded: {why_not_loaded(options.program[0])}")
    elif not trace.calls:
        say_on_stderr("the program made no call of NECP")
    for what in trace.missing:
        say_on_stderr(f"missing: {what}")
    if end is not None and end.left_running:
        say_on_stderr("processes that the program left running were ended")
    if end is not None and end.status:
        say_on_stderr(f"the program ended with status {end.status}")

"""``necp-replay report merge``: join the reports of shards into that of one run."""

from __future__ import annotations

import argparse
import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from necp_replay.cli.arguments import (
    Commands,
    add_format,
    given_path,
    new_command,
    positive_seconds,
)
from necp_replay.cli.report_files import (
    add_report_options,
    check_report_file,
    check_report_options,
)
from necp_replay.cli.run_output import add_rows, print_run
from necp_replay.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from necp_replay.api.parts import RunPart
    from necp_replay.replay.findings.run_report import ShardOfRun
    from necp_replay.report.next_steps import Invocation

_EPILOG = """\
examples:
  necp-replay report merge report-1.json report-2.json
  necp-replay report merge report-1.json report-2.json --html report.html --junit report.xml
  necp-replay report merge report-1.json report-2.json --times times.json

`merge` takes what `replay --shard I/N --format json` printed for every shard, and prints what one
run over all traces prints. Unused goldens and rules are judged here. A shard that is missing, is
there twice, or is of another division of the traces is refused (docs/suites.md).
Exit status: that of one run; 2 if parts are missing.
"""
_MOST_BYTES: Final = 1 << 30
_MOST_MISSING: Final = 10
"""The most missing shards that an error names."""
_HINT: Final = "Name files that `necp-replay replay --shard I/N --format json` printed."


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "report",
        help="join the reports of shards into one",
        description="Join the reports of the shards of a run into the report of the whole run.",
        epilog=_EPILOG,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    merge = actions.add_parser("merge", help="join the JSON reports of all shards of a run")
    merge.add_argument(
        "paths", nargs="+", type=given_path, metavar="REPORT", help="the JSON report of a shard"
    )
    merge.add_argument(
        "--times",
        type=given_path,
        metavar="FILE",
        help="write into this file how long each trace took, for the next division",
    )
    add_format(merge)
    add_rows(merge)
    add_report_options(merge)
    merge.set_defaults(rules=None, engine=None, record_limit=None)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Merge, print, and return the exit status."""
    from necp_replay.api.judging import judge
    from necp_replay.api.parts import merge

    check_report_options(options)
    if options.times is not None:
        check_report_file(options.times)
    shards = [_read(path) for path in options.paths]
    _check_shards(shards)
    part = merge(shard.part for shard in shards)
    run = judge(part)
    if options.times is not None:
        _remember(options.times, part, shards[0].invocation.release)
    invocation = shards[0].invocation
    # The page explains differences with our engine, if the run used that.
    options.engine = _given("--engine", invocation)
    limit_s = _given("--record-limit", invocation)
    options.record_limit = None if limit_s is None else positive_seconds(limit_s)
    run.options = invocation.options
    words = (*invocation.paths, *invocation.options)
    return print_run(options, run, words, lambda: invocation)


def _given(option: str, invocation: Invocation) -> str | None:
    """The value of an option that all shards had, None without it."""
    words = invocation.options
    return next((words[at + 1] for at, word in enumerate(words[:-1]) if word == option), None)


@dataclass(frozen=True, slots=True)
class _ReadShard:
    """The report of a shard, and the file that it is from."""

    path: Path
    shard: ShardOfRun
    part: RunPart
    invocation: Invocation


def _read(path: Path) -> _ReadShard:
    """Read the report of a shard. Raises UsageError that names the file."""
    from necp_replay.api.plain import from_plain
    from necp_replay.api.stored import part_from_json
    from necp_replay.errors import UsageError
    from necp_replay.replay.findings.run_report import ShardOfRun
    from necp_replay.report.next_steps import Invocation

    try:
        document = _object_of(_content(path))
        written = document.get("part")
        if not isinstance(written, str):
            raise UsageError("is not the report of a shard", hint=_HINT)
        stored = _object_of(written)
        try:
            shard = from_plain(ShardOfRun, document.get("shard"))
            if not 1 <= shard.index <= shard.count:
                raise ValueError(f"shard {shard.index} of {shard.count}")
            invocation = from_plain(Invocation, stored.get("invocation"))
        except (ValueError, TypeError) as error:
            raise UsageError(f"is not the report of a shard: {error}", hint=_HINT) from None
        return _ReadShard(path, shard, part_from_json(stored.get("part")), invocation)
    except UsageError as error:
        error.name_file(str(path))
        raise


def _content(path: Path) -> bytes:
    from necp_replay.errors import UsageError, hint_for
    from necp_replay.files.bounded_read import read_up_to

    try:
        with path.open("rb") as stream:
            content = read_up_to(stream, _MOST_BYTES)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise UsageError(reason, hint=hint_for(error)) from None
    if len(content) > _MOST_BYTES:
        raise UsageError(f"larger than {_MOST_BYTES >> 30} GiB", hint="Use more shards.")
    return content


def _object_of(text: str | bytes) -> dict[str, Any]:
    from necp_replay.errors import UsageError, why_no_json

    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"is no JSON: {why_no_json(error)}", hint=_HINT) from None
    if not isinstance(document, dict):
        raise UsageError("is not the report of a shard", hint=_HINT)
    return document


def _check_shards(shards: Sequence[_ReadShard]) -> None:
    """Refuse shards of different divisions, and a division that is not complete."""
    from necp_replay.errors import UsageError

    first = shards[0]
    seen: dict[int, _ReadShard] = {}
    for each in shards:
        if (each.shard.count, each.shard.plan) != (first.shard.count, first.shard.plan):
            raise UsageError(
                f"is a shard of another division of the traces than {first.path}",
                file=str(each.path),
                hint="Let all shards have the same traces, the same N and the same --times FILE.",
            )
        other = seen.setdefault(each.shard.index, each)
        if other is not each:
            raise UsageError(
                f"is shard {each.shard.index} of {each.shard.count}, as is {other.path}",
                file=str(each.path),
                hint="Name the report of each shard once.",
            )
    indices = range(1, first.shard.count + 1)
    # No more than are shown: a report can say that there are any number of shards.
    missing = list(islice((str(each) for each in indices if each not in seen), _MOST_MISSING + 1))
    if missing:
        more = " and more" if len(missing) > _MOST_MISSING else ""
        shown = ", ".join(missing[:_MOST_MISSING]) + more
        raise UsageError(
            f"of {first.shard.count} shards these are missing: {shown}",
            hint="A run is judged by all of its traces: name the reports of all shards.",
        )


def _remember(file: Path, part: RunPart, release: str | None) -> None:
    from necp_replay.outcomes.trace_report import Verdict
    from necp_replay.suite.times import key_of, read_times, write_times

    times = read_times(file)
    for each in part.reports.values():
        if not each.report.from_cache:
            passed = each.report.verdict is Verdict.IDENTICAL
            times.note(key_of(each.name, release), each.report.seconds, passed=passed)
    if release is None and part.basis.complete and not part.not_run:
        times.keep_only(each.name for each in part.reports.values())
    write_times(file, times, private=False)

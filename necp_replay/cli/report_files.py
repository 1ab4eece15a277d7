"""The options ``--html``, ``--junit`` and ``--github``, which write additional reports."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from necp_replay.cli.arguments import given_path, positive, record_limit_of
from necp_replay.cli.say import say

if TYPE_CHECKING:
    from necp_replay.replay.findings.run_report import RunReport

_SUMMARY_FILE: Final = "GITHUB_STEP_SUMMARY"
"""The variable in which a GitHub runner names the file for the summary of the job."""

# How many differences are kept for the HTML page. A browser is still fast with the largest number,
# and a hundred are enough to see what is wrong with one trace of many.
_PAGE_KEPT: Final = 20_000
_TRACE_KEPT: Final = 10_000
_LEAST_KEPT: Final = 100


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """Add the options, in a group of their own."""
    group = parser.add_argument_group("reports", "files and CI, see docs/reports.md")
    group.add_argument(
        "--html",
        type=given_path,
        metavar="FILE",
        help="write an HTML page with findings, timelines, both sides and bytes of differences",
    )
    group.add_argument(
        "--html-limit",
        type=positive,
        metavar="N",
        help="show N differences on the page at most, shared by the traces, each with both outcomes"
        " and a timeline, however large the page is (default: 20000, and those things as far as the"
        " page stays below 5 MB)",
    )
    group.add_argument(
        "--junit",
        type=given_path,
        metavar="FILE",
        help="write a JUnit file with a test case for each trace",
    )
    group.add_argument(
        "--github",
        action="store_true",
        help="print annotations for GitHub Actions, and add a summary to the job",
    )


def check_report_options(options: argparse.Namespace) -> None:
    """Check the options before any work. Raises UsageError, WriteError."""
    from necp_replay.errors import UsageError
    from necp_replay.files.named_twice import refuse_named_twice

    if options.github and options.format == "json":
        raise UsageError(
            "--github and --format json both write to standard output",
            hint="Choose one of them; --junit FILE and --html FILE can be used with both.",
        )
    for path in (options.html, options.junit):
        if path is not None:
            check_report_file(path)
    summary = os.environ.get(_SUMMARY_FILE) if options.github else None
    outputs = (
        ("--html", options.html),
        ("--junit", options.junit),
        (_SUMMARY_FILE, Path(summary) if summary else None),
    )
    inputs = [(str(path), path) for path in options.paths]
    refuse_named_twice(outputs, [*inputs, ("--rules", options.rules)])


def check_report_file(path: Path) -> None:
    """Check the name of a report before any work. Raises UsageError, WriteError."""
    from necp_replay.errors import UsageError
    from necp_replay.files.atomic import check_folder, check_target

    refuse_own_files(path)
    if not path.parent.is_dir():
        raise UsageError(
            "there is no such folder",
            file=str(path.parent),
            hint="Make it first, or name a file in another.",
        )
    check_target(path)
    check_folder(path)


def refuse_own_files(path: Path) -> None:
    """Raise UsageError where an output that is text would be named like a file of a project."""
    from necp_replay.errors import UsageError
    from necp_replay.golden.store import SUFFIX as GOLDEN_SUFFIX
    from necp_replay.trace.find import PROJECT_FILE, TRACE_SUFFIX

    if path.suffix in {TRACE_SUFFIX, GOLDEN_SUFFIX} or path.name == PROJECT_FILE:
        raise UsageError(
            "the output would replace a trace, a golden or a project's file",
            file=str(path),
            hint="Name a file with another ending, such as report.html.",
        )


def kept_for_page(options: argparse.Namespace, traces: int) -> int:
    """How many differences of each trace to keep for the HTML page, 0 without a page.

    The page shows all differences up to a limit, which the traces share equally. A shard keeps
    them for the page of the whole run.
    """
    if options.html is None and getattr(options, "shard", None) is None:
        return 0
    limit: int = options.html_limit or _PAGE_KEPT
    return min(limit, _TRACE_KEPT, max(_LEAST_KEPT, limit // max(1, traces)))


def adds_details_later(options: argparse.Namespace) -> bool:
    """Whether only some of the traces are replayed again for the page, when all have run."""
    return options.html_limit is None


def print_report(text: str, options: argparse.Namespace) -> None:
    """Print the report of the command itself. With ``--github`` no line of it is a command."""
    from necp_replay.report.terminal import fitted

    text = fitted(text)
    if options.github:
        from necp_replay.report.github import shielded

        text = shielded(text)
    say(text)


def write_reports(
    options: argparse.Namespace, run: RunReport, keep: int | None, words: Sequence[str] = ()
) -> None:
    """Write and print every requested report. Raises WriteError.

    ``words`` are the options with which the command can be repeated for one trace. Afterwards the
    differences that were kept for the HTML page only are dropped, so that the report of the command
    itself is the same with and without a page.
    """
    from necp_replay.files.atomic import AtomicFile

    # Each kind of report is imported where it is wanted: most runs write none.
    if options.html is not None:
        from necp_replay.files.atomic import AtomicFile
        from necp_replay.report.html.contents import PageLimits
        from necp_replay.report.html.explained import explanations_of
        from necp_replay.report.html.page import LARGE_BYTES, page_of

        explained = explanations_of(
            run,
            engine_is_ours=options.engine is None,
            record_limit_s=record_limit_of(options),
            files=options.paths if run.files is not None else (),
        )
        most = options.html_limit
        limits = PageLimits() if most is None else PageLimits(most, characters=None)
        with AtomicFile(options.html) as file:
            size_bytes = file.write_lines(page_of(run, explained, limits, words))
        if size_bytes > LARGE_BYTES:
            _warn_of_size(options, size_bytes)
    if options.junit is not None:
        from necp_replay.report.junit import junit_pieces

        with AtomicFile(options.junit) as file:
            file.write_lines(junit_pieces(run))
    if options.github:
        from necp_replay.report.github import annotation_lines
        from necp_replay.report.github import summary as github_summary

        for line in annotation_lines(run):
            say(line)
        _add_summary(github_summary(run))
    if options.html is not None:
        from necp_replay.outcomes.report_table import notable_of
        from necp_replay.replay.findings.kept_examples import keep_examples

        for trace in notable_of(run.traces):
            keep_examples(trace, keep)


def _warn_of_size(options: argparse.Namespace, size_bytes: int) -> None:
    """Say that a page is large, and how to get a smaller one."""
    from necp_replay.outcomes.safe_text import visible

    say(
        f"warning: {visible(str(options.html))} has {size_bytes / 1e6:.1f} MB, which browsers take"
        " long to open: name fewer traces, or show fewer differences with --html-limit 1000",
        stream=sys.stderr,
    )


def _add_summary(text: str) -> None:
    """Append to the summary of the job. Print it if there is no such file."""
    from necp_replay.files.append import append_text
    from necp_replay.report.github import shielded

    path = os.environ.get(_SUMMARY_FILE)
    if path:
        append_text(Path(path), f"{text}\n")
    else:
        say(shielded(text.rstrip("\n")))

"""Options that several commands share, and the objects that commands make from them."""

from __future__ import annotations

import argparse
import os
import re
import sys
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeAlias

from necp_replay.cli.command_parser import HelpText
from necp_replay.cli.streams import say_on_stderr

if TYPE_CHECKING:
    from necp_replay.engines.engine import EngineFactory
    from necp_replay.files.walk import Skipped
    from necp_replay.golden.store import GoldenStore
    from necp_replay.golden.unused import UnusedGoldens
    from necp_replay.project.gather import Gathered
    from necp_replay.project.home import Home
    from necp_replay.report.next_steps import Invocation
    from necp_replay.trace.find import FoundTrace

ENGINE_LIMIT_S: Final = 10.0
"""The default time limit for one answer of an external engine, in seconds."""
SPOOL_LIMIT_BYTES: Final = 1 << 30
"""How much of a pipe is copied to a temporary file by default."""


_HELP_WIDTH: Final = 96
"""The width of the longest lines that are written by hand in epilogs."""

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""The commands of the command line, to which each command module adds its parser."""


def new_command(
    commands: Commands, name: str, *, help: str, description: str, epilog: str
) -> argparse.ArgumentParser:
    """Add a command. ``epilog`` is printed as it is written: examples, details, exit status."""
    return commands.add_parser(
        name,
        help=help,
        # The formatter prints the epilog unchanged, and so does not wrap the description either.
        description=textwrap.fill(description, _HELP_WIDTH),
        epilog=epilog,
        formatter_class=HelpText,
    )


def positive(text: str) -> int:
    """A whole number of at least 1."""
    return _whole_number(text, 1, MOST)


def percent(text: str) -> int:
    """A whole number from 0 to 100."""
    return _whole_number(text, 0, 100)


def job_count(text: str) -> int:
    """A number of processes."""
    return _whole_number(text, 1, _MOST_JOBS)


def seed(text: str) -> int:
    """A seed: a whole number of 64 bits, which may be negative."""
    return _whole_number(text, -MOST - 1, MOST)


def positive_seconds(text: str) -> float:
    """A time in seconds: more than 0, and at most a day."""
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{_shown(text)} is not a number of seconds") from None
    if not 0 < seconds <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"must be more than 0 and at most {MOST_SECONDS:,.0f}")
    return seconds


def size_bytes(text: str) -> int:
    """A size such as ``500M`` or ``2G``: a number with K, M, G or T for powers of 1024."""
    digits, unit = (text[:-1], text[-1:].upper()) if text[-1:].upper() in _UNITS else (text, "")
    return _whole_number(digits, 1, MOST >> 40) * _UNITS.get(unit, 1)


def given_path(text: str) -> Path:
    """A path, which is not empty."""
    return Path(path_text(text))


def path_text(text: str) -> str:
    """A path as it was typed. An empty one, of an unset variable, would be the current folder."""
    if not text:
        raise argparse.ArgumentTypeError("the path is empty")
    return text


def engine_command(text: str) -> str:
    """A command line that a shell would split into at least one word."""
    import shlex

    try:
        words = shlex.split(text)
    except ValueError as error:
        reason = str(error).lower()
        raise argparse.ArgumentTypeError(f"{_shown(text)} is not a command: {reason}") from None
    if not words or not words[0]:
        raise argparse.ArgumentTypeError("the command is empty")
    return text


def _whole_number(text: str, least: int, most: int) -> int:
    # int() takes other digits than ASCII's and underscores, and refuses more than 4,300 digits.
    if not _NUMBER.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{_shown(text)} is not a whole number")
    number = int(text)
    if number < least:
        raise argparse.ArgumentTypeError(f"must be at least {least:,}")
    if number > most:
        raise argparse.ArgumentTypeError(f"must be at most {most:,}")
    return number


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}...")


MOST: Final = (1 << 63) - 1
"""The largest whole number that an option takes."""
MOST_SECONDS: Final = 86_400.0
"""The longest time limit: a day."""
_MOST_JOBS: Final = 256
_UNITS: Final = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,40}")
_SHOWN_CHARACTERS: Final = 40


def add_paths(parser: argparse.ArgumentParser) -> None:
    """``PATH...``: traces and folders of traces."""
    parser.add_argument(
        "paths",
        nargs="+",
        type=given_path,
        metavar="PATH",
        help="a .necptrace file or a folder of them",
    )


def add_golden(parser: argparse._ActionsContainer) -> None:
    """``--golden DIR``."""
    parser.add_argument(
        "--golden",
        type=given_path,
        metavar="DIR",
        help="folder of goldens, with the same structure as that of traces (default: that of the"
        " project above the traces)",
    )


def add_rules(parser: argparse.ArgumentParser) -> None:
    """``--rules FILE``, ``--no-rules`` and ``--date YYYY-MM-DD``."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--rules",
        type=given_path,
        metavar="FILE",
        help="the file with rules (default: necp-replay.toml above the traces)",
    )
    which.add_argument("--no-rules", action="store_true", help="use no rules: expect no difference")
    parser.add_argument(
        "--date",
        type=_day,
        metavar="YYYY-MM-DD",
        help="the day that decides which rules have expired (default: today)",
    )


def _day(text: str) -> date:
    """A day in the form of ``expires`` in rules."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2027-01-31") from None


def gathered_of(options: argparse.Namespace, *, makes_goldens: bool = False) -> Gathered:
    """The traces of ``PATH...``, by default those of the project, and their project.

    ``--golden``, ``--rules`` and ``--no-rules`` replace parts of the project. A command that
    ``makes_goldens`` may name a folder for them that is not there yet.
    """
    from necp_replay.project.gather import gather
    from necp_replay.project.home import HomeOptions, default_traces

    golden: Path | None = getattr(options, "golden", None)
    use_rules = not options.no_rules
    replaced = HomeOptions(golden, options.rules, use_rules, makes_goldens)
    gathered = gather(options.paths or [default_traces(replaced)], replaced)
    say_skipped(gathered.skipped)
    return gathered


def golden_folder_of(options: argparse.Namespace, home: Home) -> Path:
    """The folder of the goldens of a project, as people type it."""
    return options.golden or Path(os.path.relpath(home.goldens))


def goldens_of(options: argparse.Namespace, home: Home) -> GoldenStore:
    """The goldens of a project, with paths as people type them."""
    from necp_replay.golden.store import GoldenStore

    goldens = golden_folder_of(options, home)
    for folder in (goldens, Path(os.path.relpath(home.traces))):
        say_leftovers(folder)
    return GoldenStore(goldens)


def traces_below(paths: Iterable[Path]) -> Sequence[FoundTrace]:
    """The traces below paths, for commands that need no project."""
    from necp_replay.trace.find import find_with_skipped

    found = find_with_skipped(paths)
    say_skipped(found.skipped)
    return found.traces


def say_skipped(skipped: Iterable[Skipped]) -> None:
    """Say on standard error which paths were left out, and why."""
    from necp_replay.outcomes.safe_text import visible

    for each in skipped:
        say_on_stderr(visible(f"necp-replay: {each.path} {each.why}"))


def say_not_searched(unused: UnusedGoldens, *, with_links: bool = False) -> None:
    """Say on standard error which folders were not searched for unused goldens."""
    from necp_replay.files.walk import CANNOT_BE_READ, Skipped

    say_skipped(Skipped(folder, CANNOT_BE_READ) for folder in unused.unreadable)
    if with_links:
        why = "is a link to a folder, so unused goldens in it are left alone"
        say_skipped(Skipped(folder, why) for folder in unused.linked)


def say_leftovers(folder: Path) -> None:
    """Say on standard error what interrupted commands left below a folder."""
    from necp_replay.files.leftovers import advice_on, leftovers_below
    from necp_replay.outcomes.safe_text import visible

    for path in leftovers_below(folder):
        say_on_stderr(visible(f"necp-replay: {path} {advice_on(path)}"))


def day_of(options: argparse.Namespace) -> date:
    """The day of ``--date``, else today."""
    day: date | None = options.date
    return date.today() if day is None else day


def release_name(text: str) -> str:
    """An argument type: the tag that a release or a system names; other text stays as it is."""
    from necp_replay.releases.names import canonical_tag

    if not text:
        raise argparse.ArgumentTypeError("the release is empty")
    return canonical_tag(text)


def add_release(parser: argparse.ArgumentParser, text: str) -> None:
    """Add ``--release``, which takes a tag, its number, or a system such as ``macos-10.13.4``."""
    parser.add_argument("--release", type=release_name, metavar="R", help=text)


def add_format(parser: argparse.ArgumentParser) -> None:
    """``--format table|json``."""
    add_format_json(parser, "table")


def add_output(parser: argparse.ArgumentParser, what: str, metavar: str = "OUT") -> None:
    """``-o OUT``, which has to be given; ``what`` is its help."""
    parser.add_argument(
        "-o", "--output", type=given_path, required=True, metavar=metavar, help=what
    )


def add_trace(parser: argparse.ArgumentParser) -> None:
    """``TRACE``, which a command reads more than once (see ``spool.py``)."""
    parser.add_argument("trace", metavar="TRACE", help="a trace; - for standard input")
    add_spool_limit(parser)


def add_spool_limit(parser: argparse.ArgumentParser) -> None:
    """``--spool-limit SIZE``."""
    parser.add_argument(
        "--spool-limit",
        type=size_bytes,
        default=SPOOL_LIMIT_BYTES,
        metavar="SIZE",
        help="copy at most this much from a pipe to a temporary file, such as 500M or 8G"
        " (default: 1G)",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """``--format text|json``; the options have ``json``, which says whether it is JSON."""
    add_format_json(parser, "text")


def add_format_json(parser: argparse._ActionsContainer, people: str) -> None:
    """``--format`` with what is for people and ``json``, and its older spelling ``--json``.

    The options have ``format``, and ``json``, which says whether it is JSON.
    """
    parser.set_defaults(json=False, format=people)
    parser.add_argument(
        "--format",
        choices=(people, "json"),
        action=_FormatAction,
        help=f"for people or for machines (default: {people})",
    )
    parser.add_argument(
        "--json", action=_FormatAction, nargs=0, const="json", help=argparse.SUPPRESS
    )


class _FormatAction(argparse.Action):
    """Sets ``format``, and ``json`` by it."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        namespace.format = self.const or values
        namespace.json = namespace.format == "json"


def add_jobs(
    parser: argparse.ArgumentParser, text: str = "replay this many traces at once (default: 1)"
) -> None:
    """``--jobs N``; ``text`` is its help."""
    parser.add_argument(
        "--jobs",
        type=job_count,
        default=1,
        metavar="N",
        help=text,
    )


def add_engine(
    parser: argparse.ArgumentParser, option: str = "--engine", what: str = "replay"
) -> None:
    """``--engine CMD``, ``--engine-limit SECONDS`` and ``--record-limit SECONDS``."""
    parser.add_argument(
        option,
        dest="engine",
        type=engine_command,
        metavar="CMD",
        help=f"{what} through this program, which speaks the engine protocol (docs/engines.md)",
    )
    parser.add_argument(
        "--engine-limit",
        type=positive_seconds,
        default=ENGINE_LIMIT_S,
        metavar="SECONDS",
        help="time limit for one answer of that program; a whole trace may take 60 times that"
        " (default: 10)",
    )
    add_record_limit(parser)


def add_record_limit(parser: argparse.ArgumentParser) -> None:
    """``--record-limit SECONDS``, for every command that replays traces or runs scenarios."""
    parser.add_argument(
        "--record-limit",
        type=positive_seconds,
        metavar="SECONDS",
        help="processor time that one record may take in the built-in engine; a trace with a slower"
        " record gets an error, and the command goes on with the others (default: no limit)",
    )


def engine_of(options: argparse.Namespace) -> EngineFactory:
    """The function that opens an engine: the built-in one, or the program of ``--engine``."""
    from necp_replay.engines.engine import open_machine

    limit_s = record_limit_of(options)
    if getattr(options, "engine", None) is not None:
        from necp_replay.engines.external import ExternalEngines

        answer_limit_s = min(options.engine_limit, limit_s or options.engine_limit)
        return ExternalEngines(options.engine, answer_limit_s)
    if limit_s is None:
        return open_machine
    from necp_replay.engines.limited import LimitedEngines

    return LimitedEngines(open_machine, limit_s)


def record_limit_of(options: argparse.Namespace) -> float | None:
    """The seconds of ``--record-limit``. Raises UsageError where there can be no limit."""
    limit_s: float | None = options.record_limit
    if limit_s is not None and getattr(options, "engine", None) is None:
        from necp_replay.engines.limited import check_limit_works

        check_limit_works()
    return limit_s


def invocation_of(options: argparse.Namespace) -> Invocation:
    """The paths and options of a replay, for the commands that its report suggests."""
    from necp_replay.report.next_steps import Invocation
    from necp_replay.trace.find import PROJECT_FILE

    paths = tuple(map(str, options.paths))
    file = str(options.rules or PROJECT_FILE)
    return Invocation(
        paths,
        repeated_words(options),
        file,
        getattr(options, "release", None),
        keeps_apart=options.engine is not None and getattr(options, "golden", None) is None,
    )


def repeated_words(options: argparse.Namespace, engine: str = "--engine") -> tuple[str, ...]:
    """The options that a suggested command has to repeat to compare with the same things.

    ``engine`` is the name of the option for an external engine.
    """
    limit_s: float = options.engine_limit
    record_limit_s: float | None = options.record_limit
    given = {
        "--golden": getattr(options, "golden", None),
        engine: options.engine,
        "--engine-limit": f"{limit_s:g}" if options.engine and limit_s != ENGINE_LIMIT_S else None,
        "--record-limit": None if record_limit_s is None else f"{record_limit_s:g}",
        "--rules": options.rules,
        "--date": options.date,
    }
    words = [
        word
        for option, value in given.items()
        if value is not None
        for word in (option, str(value))
    ]
    if options.no_rules:
        words.append("--no-rules")
    if getattr(options, "no_golden", False):
        words.append("--no-golden")
    return tuple(words)


def trace_source(text: str) -> Path | BinaryIO:
    """The argument ``TRACE`` as a path, or standard input for ``-``."""
    return sys.stdin.buffer if text == "-" else given_path(text)


def add_state_hashes(parser: argparse.ArgumentParser) -> None:
    """``--state-hashes EVERY``."""
    parser.add_argument(
        "--state-hashes",
        type=positive,
        metavar="EVERY",
        help="write the hash of the state after every so many records into the trace, so that"
        " `replay` and `diff` find where states diverge (docs/traces.md)",
    )


def add_select(parser: argparse.ArgumentParser) -> None:
    """``--select EXPR`` (docs/using.md, "Selecting records")."""
    parser.add_argument(
        "--select",
        metavar="EXPR",
        help="only these records, such as '10-20', 'pid 100 and COPY_*', '#2 or errno any'",
    )

"""Prints the manual pages in docs/man/ from the parsers of the command line (`make manual`).

There is one page for the program and one for each command. Nothing in a page depends on the
terminal, the day, or the Python that prints it.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from necp_replay import __version__
from necp_replay.cli.command_line import build_parser

FOLDER: Final = Path(__file__).parents[2] / "docs" / "man"
_EXAMPLES: Final = "examples:"
_STATUS: Final = re.compile(r"^exit status( of \w+)?: ", re.IGNORECASE)
_COMMON_STATUS: Final = (
    "0 same, 1 different, 2 could not run, 3 met what is not modelled, 4 finished, but something"
    " was lost, 70 a fault of necp-replay. A signal gives 128 and its number."
)


def pages() -> dict[str, str]:
    """The text of every page by the name of its file."""
    program = build_parser()
    commands = _subcommands(program)
    assert commands is not None
    summaries = _summaries(commands)
    found = {"necp-replay.1": _program_page(program, summaries)}
    for name, parser in commands.choices.items():
        found[f"necp-replay-{name}.1"] = _command_page(name, parser, summaries[name])
    return found


def _program_page(program: argparse.ArgumentParser, summaries: dict[str, str]) -> str:
    lines = [
        *_head("necp-replay", _text(program.description)),
        *_section("SYNOPSIS", [".B necp-replay", ".I COMMAND", "[\\fIargument\\fR ...]"]),
        *_section("DESCRIPTION", [_escaped(_text(program.description))]),
        *_section("COMMANDS", []),
    ]
    for name, summary in summaries.items():
        lines += [".TP", f"\\fB{_escaped(name)}\\fR", _escaped(_sentence(summary))]
    lines += _section("OPTIONS", _options(program))
    lines += _epilog(program)
    lines += _section("FILES", [".TP", _bold("necp-replay.toml"), _FILES])
    lines += _section("ENVIRONMENT", _environment())
    lines += _see_also(*(f"necp-replay-{name}" for name in summaries))
    return "\n".join(lines) + "\n"


def _command_page(name: str, parser: argparse.ArgumentParser, summary: str) -> str:
    lines = [
        *_head(f"necp-replay-{name}", summary),
        *_section("SYNOPSIS", _synopsis(f"necp-replay {name}", parser)),
        *_section("DESCRIPTION", [_escaped(_text(parser.description))]),
        *_section("OPTIONS", [*_positionals(parser), *_options(parser)]),
    ]
    inner = _subcommands(parser)
    if inner is not None:
        for action, each in inner.choices.items():
            lines += [f".SS necp\\-replay {_escaped(name)} {_escaped(action)}"]
            lines += [_escaped(_sentence(_summaries(inner)[action])), ".PP"]
            lines += [*_positionals(each), *_options(each)]
    lines += _epilog(parser)
    lines += _see_also("necp-replay")
    return "\n".join(lines) + "\n"


def _head(name: str, summary: str) -> list[str]:
    upper = _escaped(name.upper())
    return [
        ".\\\" Printed from the command line's own parsers by `make manual`.",
        f'.TH "{upper}" "1" "" "necp\\-replay {__version__}" "necp\\-replay manual"',
        '.\\" No hyphenation, and a ragged right margin.',
        ".nh",
        ".ad l",
        ".SH NAME",
        f"{_escaped(name)} \\- {_escaped(summary.rstrip('.'))}",
    ]


def _section(title: str, lines: list[str]) -> list[str]:
    return [f".SH {title}", *lines]


def _synopsis(command: str, parser: argparse.ArgumentParser) -> list[str]:
    """The command with its options, each once, then its arguments."""
    words = [f".B {_escaped(command)}"]
    for action in _visible(parser):
        if action.option_strings:
            option = action.option_strings[0]
            shown = _with_value(option, action)
            words.append(shown if action.required else f"[{shown}]")
    for action in _visible(parser):
        if not action.option_strings:
            words.append(_argument(action))
    return words


def _argument(action: argparse.Action) -> str:
    """``PATH [PATH ...]`` and the like, as argparse has it."""
    name = f"\\fI{_escaped(_metavar(action))}\\fR"
    shapes = {"*": f"[{name} ...]", "+": f"{name} [{name} ...]", "?": f"[{name}]"}
    if isinstance(action, argparse._SubParsersAction):
        return name if action.required else f"[{name}]"
    if action.nargs in (argparse.REMAINDER, argparse.PARSER):
        return f"{name} ..."
    return shapes.get(str(action.nargs), name)


def _positionals(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in _visible(parser):
        if not action.option_strings and not isinstance(action, argparse._SubParsersAction):
            yield from (".TP", f"\\fI{_escaped(_metavar(action))}\\fR", _help(action))


def _options(parser: argparse.ArgumentParser) -> list[str]:
    """The options by their groups; the first group has no heading."""
    lines: list[str] = []
    for group in parser._action_groups:
        shown = [
            action
            for action in group._group_actions
            if action.option_strings and action.help != argparse.SUPPRESS
        ]
        if not shown:
            continue
        if group.title not in ("options", "positional arguments"):
            lines.append(f".SS {_escaped(str(group.title))}")
            if group.description:
                lines.append(_escaped(_sentence(group.description)))
        for action in shown:
            spelled = ", ".join(_with_value(each, action) for each in action.option_strings)
            lines += [".TP", spelled, _help(action)]
    return lines


def _with_value(option: str, action: argparse.Action) -> str:
    shown = _bold(option)
    if action.nargs == 0:
        return shown
    return f"{shown} \\fI{_escaped(_metavar(action))}\\fR"


def _metavar(action: argparse.Action) -> str:
    if action.metavar is not None:
        return " ".join((action.metavar,) if isinstance(action.metavar, str) else action.metavar)
    if action.choices is not None and not isinstance(action, argparse._SubParsersAction):
        return "|".join(map(str, action.choices))
    return action.dest.upper() if action.option_strings else action.dest


def _help(action: argparse.Action) -> str:
    values = {**vars(action), "prog": "necp-replay"}
    return _escaped(_sentence(_text((action.help or "") % values)))


def _epilog(parser: argparse.ArgumentParser) -> list[str]:
    """Examples, details, and the exit status."""
    lines: list[str] = []
    status = _COMMON_STATUS
    for paragraph in (parser.epilog or "").strip("\n").split("\n\n"):
        written = paragraph.splitlines()
        if written[:1] == [_EXAMPLES]:
            shown = (_escaped(line.strip()) for line in written[1:])
            lines += _section("EXAMPLES", [".nf", *shown, ".fi"])
            continue
        place = next((n for n, line in enumerate(written) if _STATUS.match(line)), len(written))
        if place:
            heading = [] if ".SH NOTES" in lines else [".SH NOTES"]
            lines += [*heading, ".PP", *_paragraph(written[:place])]
        if written[place:]:
            status = _sentence(_STATUS.sub("", _text("\n".join(written[place:]))))
    return [*lines, *_section("EXIT STATUS", [_escaped(status)])]


def _paragraph(lines: list[str]) -> list[str]:
    """Text that is filled, or, where lines are indented, a list as it is written."""
    if any(line.startswith(" ") for line in lines):
        return [".nf", *(_escaped(line) for line in lines), ".fi"]
    return [_escaped(_text("\n".join(lines)))]


def _environment() -> list[str]:
    rows = {
        "NO_COLOR": "Print no colours.",
        "CI": "Commands that ask a person, or write goldens, refuse to run.",
        "NECP_REPLAY_TRACEBACK": "A file for the traceback of a fault of necp-replay.",
        "NECP_REPLAY_CACHE": "The folder for what runs remember; empty, nothing is remembered.",
        "TMPDIR": "The folder for temporary files.",
    }
    return [line for name, text in rows.items() for line in (".TP", _bold(name), _escaped(text))]


def _see_also(*names: str) -> list[str]:
    shown = ", ".join(f"\\fB{_escaped(name)}\\fR(1)" for name in names)
    text = "The documentation is in share/doc/necp-replay where the package is installed."
    return _section("SEE ALSO", [shown, ".PP", _escaped(text)])


def _subcommands(
    parser: argparse.ArgumentParser,
) -> argparse._SubParsersAction[argparse.ArgumentParser] | None:
    found = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    return found[0] if found else None


def _summaries(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> dict[str, str]:
    return {each.dest: each.help or "" for each in commands._choices_actions}


def _visible(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [each for each in parser._actions if each.help != argparse.SUPPRESS]


def _text(text: str | None) -> str:
    return " ".join((text or "").split())


def _sentence(text: str) -> str:
    """The text with a capital at its beginning and a full stop at its end."""
    if not text:
        return text
    return text[0].upper() + text[1:] + ("" if text.endswith((".", ":", "?")) else ".")


def _bold(text: str) -> str:
    return f"\\fB{_escaped(text)}\\fR"


def _escaped(text: str) -> str:
    """Text in which nothing is a request, an escape or a typographic character."""
    shown = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    shown = shown.replace("`", "\\(ga").replace("^", "\\(ha").replace("~", "\\(ti")
    return f"\\&{shown}" if shown.startswith((".", " ")) else shown


_FILES: Final = _escaped(
    "The project: where its traces and goldens are, and which differences are expected."
)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.1"):
        old.unlink()
    for file_name, written in pages().items():
        (FOLDER / file_name).write_text(written, "utf-8")

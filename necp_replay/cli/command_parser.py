"""The parser of command lines: it suggests a correction for mistyped words, and wraps its help."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

from necp_replay.cli.streams import say_on_stderr
from necp_replay.outcomes.safe_text import escape

_OPEN_ENDED: Final = (argparse.PARSER, argparse.REMAINDER)


class CommandParser(argparse.ArgumentParser):
    """A parser that notices if help cannot be printed, and suggests what was meant.

    Its base class drops the error of a stream. Of a mistyped command or value it lists all that
    there are, and a mistyped option it names only after whatever else is missing.
    """

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse; a word that is left over is told with the usage of its command."""
        given = sys.argv[1:] if args is None else list(args)
        options, left = self.parse_known_args(given, namespace)
        parser = self._parser_of(given)
        if len(left) == 1 and isinstance(parser, CommandParser):
            left = parser._take_late(options, left[0])
        if left:
            words = " ".join(map(escape, left))
            parser.error(f"unexpected words: {words} (--help lists all)")
        return options

    def _take_late(self, options: argparse.Namespace, word: str) -> list[str]:
        """Take an argument that may be left out and comes after options. Returns what is left.

        The base class treats it as left out if an option follows the argument before it.
        """
        for action in self._get_positional_actions():
            is_open = action.nargs == "?" and getattr(options, action.dest) is action.default
            if is_open and (word == "-" or not word.startswith("-")):
                try:
                    self._check_value(action, word)
                    setattr(options, action.dest, self._get_value(action, word))
                except argparse.ArgumentError as error:
                    self.error(str(error))
                return []
        return [word]

    def _parser_of(self, words: Iterable[str]) -> argparse.ArgumentParser:
        """The parser of the command among the words, or this one."""
        for action in self._actions:
            for name in words if _commands_of(action) else ():
                parsers: Any = action.choices
                if name in parsers:
                    found: argparse.ArgumentParser = parsers[name]
                    return found
        return self

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse. The error for an unknown command or option names the most similar one."""
        words = sys.argv[1:] if args is None else list(args)
        names = [name for action in self._actions for name in _commands_of(action)]
        if names and words and not words[0].startswith("-") and words[0] not in names:
            guess = _guess(words[0], names)
            self.error(f"there is no command {escape(words[0])}{guess} (--help lists all)")
        for word in self._mistyped(words):
            guess = _guess(word, self._option_string_actions)
            self.error(f"there is no option {escape(word)}{guess} (--help lists all)")
        return super().parse_known_args(args, namespace)

    def _mistyped(self, words: Iterable[str]) -> Iterator[str]:
        """The long options among the words that this parser does not know."""
        if any(action.nargs in _OPEN_ENDED for action in self._actions):
            return
        for word in words:
            name = word.partition("=")[0]
            if word == "--":
                return
            # A word with a space is a value, also for argparse.
            is_option = name.startswith("--") and " " not in word
            known = self._option_string_actions
            if is_option and not any(option.startswith(name) for option in known):
                yield name

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse a value that is not a choice. The error names the most similar choice."""
        choices = [str(choice) for choice in action.choices or ()]
        if choices and isinstance(value, str) and value not in choices:
            guess = _guess(value, choices)
            known = "" if guess else f"; choose {', '.join(choices)}"
            raise argparse.ArgumentError(action, f"there is no {escape(value)}{guess}{known}")
        super()._check_value(action, value)

    def _print_message(self, message: str, file: Any = None) -> None:
        if file is not None and file is sys.stdout:
            file.write(message)
        else:
            say_on_stderr(message.rstrip("\n"))


class HelpText(argparse.RawDescriptionHelpFormatter):
    """Help whose lines were broken by hand. Prose with lines that are too long is wrapped again."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if max(map(len, text.splitlines()), default=0) <= width:
            return super()._fill_text(text, width, indent)
        return "\n".join(_filled(text, width))


def _filled(text: str, width: int) -> Iterator[str]:
    """The lines of a text. Examples and tables, which are indented, stay as they are."""
    for is_prose, lines in groupby(text.splitlines(), lambda line: line[:1] not in ("", " ")):
        if is_prose:
            yield from textwrap.wrap(
                " ".join(lines), width, break_long_words=False, break_on_hyphens=False
            )
        else:
            yield from lines


def _commands_of(action: argparse.Action) -> tuple[str, ...]:
    """The names of the commands, if an action chooses one."""
    return tuple(action.choices or ()) if action.dest == "command" else ()


def _guess(word: str, names: Iterable[str]) -> str:
    """The question "did you mean NAME?" with the most similar name; empty if none is similar."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(names), 1)
    return f"; did you mean {near[0]}?" if near else ""

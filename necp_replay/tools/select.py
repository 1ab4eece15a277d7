"""The selection language that all tools on traces share: which records ``--select`` asks for.

    selection = both { "or" both }
    both      = single { "and" single }
    single    = "not" single | "(" selection ")" | test
    test      = NUMBERS | "time" TIMES | KINDS | "pid" INTEGERS | "fd" INTEGERS | CLIENTS
              | "errno" ERRORS | "effect" KINDS

Each word in capitals is a list with commas, of which one has to hold. Words are taken as they are
written here; names of kinds and errors in capitals or not. docs/using.md explains each test.
"""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Callable, Iterable
from typing import Final, NoReturn, TypeVar, assert_never

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno, errno_name
from necp_replay.abi.policy import SessionAction
from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError
from necp_replay.events.effects import EFFECT_NAMES
from necp_replay.events.inputs import INPUT_NAMES
from necp_replay.outcomes.safe_text import escape
from necp_replay.tools.durations import duration_text, parse_duration

MAX_DEPTH: Final = 50
"""Parentheses and ``not`` nest no deeper."""
KIND_NAMES: Final = (
    *INPUT_NAMES,
    *(action.name for action in ClientAction),
    *(action.name for action in SessionAction),
)
"""What a kind can name: inputs, and what necp_client_action and necp_session_action are to do."""


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers or nanoseconds from ``first`` to ``last``, both included; None leaves an end open."""

    first: int | None
    last: int | None

    def holds(self, number: int) -> bool:
        """Whether a number lies in the range."""
        first, last = self.first, self.last
        return (first is None or first <= number) and (last is None or number <= last)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Records by their numbers, counted from 1."""

    ranges: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """Records during which the clock stood in one of the ranges, in nanoseconds."""

    ranges_ns: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Kinds:
    """Inputs and actions by their names; ``*`` and ``?`` stand for any characters, any one."""

    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pids:
    """Inputs by or about a process."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fds:
    """Inputs on an fd, and the calls that opened it."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Clients:
    """Records that name the id ``#n``: generated, passed, returned, or in an effect."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Errnos:
    """Outcomes by their error number, 0 for success; None stands for every error."""

    numbers: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Effects:
    """Outcomes with an effect of one of these kinds, patterns as in :class:`Kinds`."""

    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Records that the operand does not select."""

    operand: Selection


@dataclass(frozen=True, slots=True)
class And:
    """Records that every one of at least two operands selects."""

    operands: tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Records that one of at least two operands selects."""

    operands: tuple[Selection, ...]


Selection = Numbers | Times | Kinds | Pids | Fds | Clients | Errnos | Effects | Not | And | Or

Value = TypeVar("Value")


def parse_selection(text: str, given_as: str = "--select") -> Selection:
    """The selection that a text describes; ``given_as`` is the argument that it came in.

    Raises UsageError saying at which character the text cannot go on, and what would.
    """
    parser = _SelectionParser(text, given_as)
    selection = parser.selection(depth=0)
    parser.expect_end()
    return selection


def selection_text(selection: Selection) -> str:
    """A selection as text that parses back into the same selection."""
    match selection:
        case Numbers(ranges):
            return ",".join(_range_text(entry, str) for entry in ranges)
        case Times(ranges):
            return "time " + ",".join(_range_text(entry, duration_text) for entry in ranges)
        case Kinds(patterns):
            return ",".join(patterns)
        case Pids(numbers):
            return "pid " + ",".join(map(str, numbers))
        case Fds(numbers):
            return "fd " + ",".join(map(str, numbers))
        case Clients(numbers):
            return ",".join(f"#{number}" for number in numbers)
        case Errnos(errors):
            return "errno " + ",".join(map(_error_text, errors))
        case Effects(patterns):
            return "effect " + ",".join(patterns)
        case Not(operand):
            return f"not {_operand_text(operand, (And, Or))}"
        case And(operands):
            return " and ".join(_operand_text(each, (And, Or)) for each in operands)
        case Or(operands):
            return " or ".join(_operand_text(each, (Or,)) for each in operands)
        case _:
            assert_never(selection)


def names_matching(pattern: str, names: Iterable[str]) -> frozenset[str]:
    """The names that a pattern stands for, capital letters or not."""
    lowered = pattern.lower()
    return frozenset(name for name in names if fnmatch.fnmatchcase(name.lower(), lowered))


def _operand_text(operand: Selection, in_parentheses: tuple[type, ...]) -> str:
    text = selection_text(operand)
    return f"({text})" if isinstance(operand, in_parentheses) else text


def _range_text(entry: Range, shown: Callable[[int], str]) -> str:
    if entry.first is not None and entry.first == entry.last:
        return shown(entry.first)
    first = "" if entry.first is None else shown(entry.first)
    last = "" if entry.last is None else shown(entry.last)
    return f"{first}-{last}"


def _error_text(number: int | None) -> str:
    if number is None:
        return "any"
    return "ok" if number == 0 else errno_name(number)


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, a parenthesis or a comma of a selection; empty at its end."""

    text: str
    position: int


class _SelectionParser:
    """Reads a selection from left to right, one token ahead."""

    def __init__(self, text: str, given_as: str) -> None:
        self._text = text
        self._given_as = given_as
        self._tokens = [_Token(match[0], match.start()) for match in _TOKEN.finditer(text)]
        self._tokens.append(_Token("", len(text)))
        self._next = 0

    def selection(self, depth: int) -> Selection:
        """Any selection: alternatives."""
        operands = [self._both(depth)]
        while self._take("or"):
            operands.append(self._both(depth))
        return operands[0] if len(operands) == 1 else Or(tuple(operands))

    def expect_end(self) -> None:
        """Refuse anything more."""
        if self._token.text:
            self._refuse("expected 'and', 'or' or the end")

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _both(self, depth: int) -> Selection:
        operands = [self._single(depth)]
        while self._take("and"):
            operands.append(self._single(depth))
        return operands[0] if len(operands) == 1 else And(tuple(operands))

    def _single(self, depth: int) -> Selection:
        if depth > MAX_DEPTH:
            self._refuse(f"parentheses and 'not' nest more than {MAX_DEPTH} deep")
        if self._take("not"):
            return Not(self._single(depth + 1))
        if self._take("("):
            inner = self.selection(depth + 1)
            if not self._take(")"):
                self._refuse("expected 'and', 'or' or ')'")
            return inner
        return self._test()

    def _test(self) -> Selection:
        word = self._token.text
        test = _NAMED_TESTS.get(word)
        if test is not None:
            self._next += 1
            return test(self)
        if word.startswith("#"):
            return Clients(self._list(_client_number))
        if word[:1].isdigit() or word.startswith("-"):
            return Numbers(self._list(_record_range))
        if not word or word in _RESERVED:
            self._refuse(f"expected a test: {_TESTS}")
        return Kinds(self._list(_kind))

    def _list(self, read: Callable[[str], Value]) -> tuple[Value, ...]:
        values = [self._value(read)]
        while self._take(","):
            values.append(self._value(read))
        return tuple(values)

    def _value(self, read: Callable[[str], Value]) -> Value:
        word = self._token.text
        try:
            value = read("" if word in _PUNCTUATION else word)
        except ValueError as error:
            self._refuse(str(error))
        self._next += 1
        return value

    def times(self) -> Selection:
        """What follows ``time``."""
        return Times(self._list(_time_range))

    def pids(self) -> Selection:
        """What follows ``pid``."""
        return Pids(self._list(_integer))

    def fds(self) -> Selection:
        """What follows ``fd``."""
        return Fds(self._list(_integer))

    def errnos(self) -> Selection:
        """What follows ``errno``."""
        return Errnos(self._list(_error_number))

    def effects(self) -> Selection:
        """What follows ``effect``."""
        return Effects(self._list(_effect))

    def _take(self, word: str) -> bool:
        if self._token.text != word:
            return False
        self._next += 1
        return True

    def _refuse(self, reason: str) -> NoReturn:
        token = self._token
        found = ", but the selection ends"
        if token.text:
            is_other = reason.startswith("expected")
            found = f"{', not' if is_other else ':'} {escape(token.text)!r}"
        raise UsageError(
            f"{self._given_as}: at character {token.position + 1}: {reason}{found}",
            hint=f"  {escape(self._text)}\n  {' ' * len(escape(self._text[: token.position]))}^",
        )


def _record_range(word: str) -> Range:
    entry = _read_range(word, _number, "a record's number, or a range such as 10-20, 5- or -5")
    if entry.first == 0 or entry.last == 0:
        raise ValueError("records are counted from 1")
    return entry


def _time_range(word: str) -> Range:
    return _read_range(word, parse_duration, "a time such as 2s, or a range such as 1.5s-3s or 2s-")


def _read_range(word: str, read: Callable[[str], int], expected: str) -> Range:
    first_text, dash, last_text = word.partition("-")
    if not (first_text or last_text):
        raise ValueError(f"expected {expected}")
    try:
        first = read(first_text) if first_text else None
        last = (read(last_text) if last_text else None) if dash else first
    except ValueError as error:
        raise ValueError(f"expected {expected} ({error})") from None
    if first is not None and last is not None and first > last:
        raise ValueError("the range ends before it begins")
    return Range(first, last)


def _number(word: str) -> int:
    if not _NUMBER.fullmatch(word):
        raise ValueError("digits only, up to 20")
    return int(word)


def _integer(word: str) -> int:
    if not _NUMBER.fullmatch(word.removeprefix("-")):
        raise ValueError("expected a whole number")
    return int(word)


def _client_number(word: str) -> int:
    if not _NUMBER.fullmatch(word[1:]) or word[0] != "#" or int(word[1:]) == 0:
        raise ValueError("expected the name of a generated id: #1, #2, ...")
    return int(word[1:])


def _error_number(word: str) -> int | None:
    if _NUMBER.fullmatch(word):
        return int(word)
    if word.lower() == "any":
        return None
    if word.upper() in Errno.__members__:
        return int(Errno[word.upper()])
    names = Errno.__members__
    raise ValueError(f"expected an error's name or number, ok or any{_similar(word, names)}")


def _kind(word: str) -> str:
    return _pattern(word, KIND_NAMES, "the kind of an input")


def _effect(word: str) -> str:
    return _pattern(word, EFFECT_NAMES, "the kind of an effect")


def _pattern(word: str, names: Iterable[str], expected: str) -> str:
    if not _PATTERN.fullmatch(word) or word in _RESERVED:
        raise ValueError(f"expected {expected}")
    if not names_matching(word, names):
        raise ValueError(f"no kind has this name{_similar(word, names)}")
    return word


def _similar(word: str, names: Iterable[str]) -> str:
    by_lower_case = {name.lower(): name for name in names}
    close = difflib.get_close_matches(word.lower(), by_lower_case, n=1)
    return f" (perhaps {by_lower_case[close[0]]})" if close else ""


_TOKEN: Final = re.compile(r"[(),]|[^\s(),]+")
_PUNCTUATION: Final = frozenset("(),")
_NUMBER: Final = re.compile(r"\d{1,20}", re.ASCII)
_PATTERN: Final = re.compile(r"[\w*?]+", re.ASCII)
_NAMED_TESTS: Final[dict[str, Callable[[_SelectionParser], Selection]]] = {
    "time": _SelectionParser.times,
    "pid": _SelectionParser.pids,
    "fd": _SelectionParser.fds,
    "errno": _SelectionParser.errnos,
    "effect": _SelectionParser.effects,
}
_RESERVED: Final = frozenset({"and", "or", "not", *_PUNCTUATION, *_NAMED_TESTS})
_TESTS: Final = "10-20, time 1s-2s, a kind such as COPY_RESULT, pid 100, fd 3, #1, errno any"

"""Turns one ``[[expected]]`` table of the rules file into a rule, and checks every value of it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from necp_replay.errors import RulesError
from necp_replay.outcomes.layers import Layer
from necp_replay.releases.profile import FACT_NAMES
from necp_replay.rules.pattern import Patterns, patterns
from necp_replay.rules.rule import Rule, RuleAction
from necp_replay.rules.tolerance import Tolerance

MAX_TEXT: Final = 1_000
"""The most characters of one pattern or reason. Longer texts are refused."""

_SCOPE: Final = ("release", "from", "to")
_MATCHERS: Final = ("trace", "record", "field", "layer", "fingerprint", "fact")
KEYS: Final = ("reason", "action", *_SCOPE, *_MATCHERS, "tolerance", "count", "expires")
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{10}")
_PERCENT: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?%")


def rule_of(table: Mapping[str, Any], number: int, line: int | None) -> Rule:
    """Make a rule from a table. Raises RulesError, which does not name the file yet."""
    try:
        return _Table(table).rule(number, line)
    except RulesError as error:
        raise RulesError(
            f"[[expected]] number {number}: {error.reason}", line=line, hint=error.hint
        ) from None


class _Table:
    """One table. Each method reads one key, checks its type and value, and raises RulesError."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.table = table

    def rule(self, number: int, line: int | None) -> Rule:
        self._check_keys()
        action = self._action()
        rule = Rule(
            number=number,
            line=line,
            action=action,
            reason=self._reason(),
            release=self._text("release"),
            from_release=self._text("from"),
            to_release=self._text("to"),
            trace=self._patterns("trace"),
            record=self._patterns("record", ignore_case=True),
            field=self._patterns("field"),
            layers=self._layers(),
            fingerprints=self._fingerprints(),
            facts=self._facts(),
            tolerance=self._tolerance(action),
            count=self._count(action),
            expires=self._expires(),
        )
        self._check_together(rule)
        return rule

    def _check_keys(self) -> None:
        for key in self.table:
            if key not in KEYS:
                close = difflib.get_close_matches(key, KEYS, 1)
                meant = f"; did you mean {close[0]!r}?" if close else ""
                raise RulesError(
                    f"unknown key {key!r}{meant}", hint=f"A rule has {', '.join(KEYS)}."
                )

    def _check_together(self, rule: Rule) -> None:
        if not any(key in self.table for key in _MATCHERS):
            raise RulesError(
                "it matches every difference",
                hint=f"Say which differences it expects, with {', '.join(_MATCHERS[:-1])} or fact.",
            )
        if rule.release is not None and rule.is_for_diff:
            raise RulesError(
                "it has 'release', which is for replay, and 'from' or 'to', which are for diff",
                hint="Write two rules, one for each command.",
            )
        if rule.facts is not None and not rule.is_for_diff:
            raise RulesError(
                "it has 'fact' without 'from' or 'to', but only diff finds facts",
                hint="Add the releases between which the fact differs.",
            )

    def _action(self) -> RuleAction:
        names = ", ".join(action.value for action in RuleAction)
        value = self._required("action", f"It is one of {names}.")
        for action in RuleAction:
            if action.value == value:
                return action
        raise RulesError(f"action is {_shown(value)}", hint=f"It has to be one of {names}.")

    def _reason(self) -> str:
        hint = "Say in a sentence why the difference is expected; the report shows it."
        value = self._required("reason", hint)
        if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
            raise RulesError(f"reason is {_shown(value)}, not a sentence", hint=hint)
        return " ".join(value.split())

    def _required(self, key: str, hint: str) -> Any:
        if key not in self.table:
            raise RulesError(f"{key!r} is missing", hint=hint)
        return self.table[key]

    def _text(self, key: str) -> str | None:
        value = self.table.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value or len(value) > MAX_TEXT:
            raise RulesError(
                f"{key} is {_shown(value)}, not a name", hint=f'Write it as {key} = "NAME".'
            )
        return value

    def _texts(self, key: str) -> tuple[str, ...] | None:
        value = self.table.get(key)
        if value is None:
            return None
        texts = value if isinstance(value, list) else [value]
        fine = all(isinstance(text, str) and 0 < len(text) <= MAX_TEXT for text in texts)
        if not texts or not fine:
            raise RulesError(
                f"{key} is {_shown(value)}, neither a text nor a list of texts",
                hint=f'Write it as {key} = "TEXT" or {key} = ["TEXT", "TEXT"].',
            )
        return tuple(texts)

    def _patterns(self, key: str, *, ignore_case: bool = False) -> Patterns | None:
        texts = self._texts(key)
        return None if texts is None else patterns(texts, ignore_case=ignore_case)

    def _layers(self) -> frozenset[Layer] | None:
        texts = self._texts("layer")
        if texts is None:
            return None
        named = {layer.value: layer for layer in Layer}
        for text in texts:
            if text not in named:
                raise RulesError(f"there is no layer {text!r}", hint=f"There are {_list(named)}.")
        return frozenset(named[text] for text in texts)

    def _fingerprints(self) -> frozenset[str] | None:
        texts = self._texts("fingerprint")
        for text in texts or ():
            if not _FINGERPRINT.fullmatch(text):
                raise RulesError(
                    f"fingerprint {text!r} is not ten hexadecimal digits",
                    hint="Copy it from a report.",
                )
        return None if texts is None else frozenset(texts)

    def _facts(self) -> frozenset[str] | None:
        texts = self._texts("fact")
        if texts is None:
            return None
        for text in texts:
            if text not in FACT_NAMES:
                raise RulesError(
                    f"there is no fact {text!r}",
                    hint="`necp-replay releases diff R1 R2` lists the facts that differ.",
                )
        return frozenset(texts)

    def _tolerance(self, action: RuleAction) -> Tolerance | None:
        value = self.table.get("tolerance")
        if (value is None) == (action is RuleAction.TOLERATED):
            raise RulesError(
                "'tolerance' and action = \"tolerated\" go together, but only one is there",
                hint='Write both, such as tolerance = 2 or tolerance = "5%".',
            )
        if value is None:
            return None
        percent = _PERCENT.fullmatch(value) if isinstance(value, str) else None
        distance = Fraction(0)
        if percent:
            distance = Fraction(percent[1]) / 100
        elif isinstance(value, int | Decimal) and not isinstance(value, bool):
            # NaN and infinity are not distances. A Fraction of 1e999999 would take all memory.
            sane = isinstance(value, int) or (value.is_finite() and abs(value.adjusted()) < 40)
            distance = Fraction(value) if sane else distance
        if distance <= 0 or distance >= 10**40:
            raise RulesError(
                f"tolerance is {_shown(value)}",
                hint='It has to be a number above 0, or a part of the expected value: "5%".',
            )
        return Tolerance(distance, relative=percent is not None)

    def _count(self, action: RuleAction) -> int | None:
        value = self.table.get("count")
        if value is None:
            return None
        if type(value) is not int or not 0 < value < 10**12 or action is RuleAction.EXACT:
            raise RulesError(
                f"count is {_shown(value)}",
                hint="It has to be the number of records that the rule hides, at least 1;"
                ' a rule with action = "exact" hides none.',
            )
        return value

    def _expires(self) -> date | None:
        value = self.table.get("expires")
        if value is None:
            return None
        if isinstance(value, datetime) or not isinstance(value, date):
            raise RulesError(
                f"expires is {_shown(value)}, not a date",
                hint="Write the last day on which it applies without quotes: expires = 2027-01-31.",
            )
        return value


def _list(words: Mapping[str, object]) -> str:
    return ", ".join(repr(word) for word in words)


def _shown(value: object) -> str:
    """A value as it is printed in an error, at most 60 characters of it."""
    match value:
        case date():
            text = value.isoformat()
        case Decimal():
            text = str(value)
        case _:
            text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."

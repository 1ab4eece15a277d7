"""Refuses rules that could match every difference, and says when one hides much of a run.

A rule is too wide if it can match every difference, however it is written. A rule needs at least
one key that does not match everything. Several rules that are alike except for one key are taken
together.

All kinds of records, layers and facts are known. The names of traces and the paths of fields are
not known before a run. So patterns are tried on examples that have nothing in common but their
depth, since all traces of a project may lie in folders. A pattern of wildcards and separators alone
says nothing. After a run over all traces their names are known: :func:`matches_every_trace` tells
what the examples could not.

How much a rule hides is known only after a run. After a run, a rule that hides more than
:data:`WIDE_SHARE` of the records that differ is warned about, unless it says exactly what it
expects: a fingerprint, a fact or a count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from fractions import Fraction
from itertools import cycle
from string import ascii_lowercase
from typing import Final

from necp_replay.errors import RulesError
from necp_replay.outcomes.layers import NAMED_IN_RULES
from necp_replay.outcomes.record_difference import FINAL_TITLE, STATE_KIND
from necp_replay.outcomes.render_input import KINDS
from necp_replay.releases.profile import FACT_NAMES
from necp_replay.rules.pattern import Patterns
from necp_replay.rules.rule import Rule, RuleAction

WIDE_SHARE: Final = Fraction(1, 2)
"""A rule that hides more than this part of the records that differ in a run is warned about."""

_DEPTHS: Final = 4
_WORDS: Final = tuple(
    f"{letter}{rest}"
    for letter, rest in zip(ascii_lowercase, cycle(("", "1", "-x", "_y", ".z", "ww")), strict=False)
)


def _examples(separator: str) -> tuple[tuple[str, ...], ...]:
    """Paths of each depth, of words that begin with each letter."""
    return tuple(
        tuple(
            separator.join(_WORDS[(first + 7 * level) % len(_WORDS)] for level in range(depth))
            for first in range(len(_WORDS))
        )
        for depth in range(1, _DEPTHS + 1)
    )


_FOLDER_SEPARATOR: Final = "/"
_FIELD_SEPARATOR: Final = " > "
_TRACES: Final = _examples(_FOLDER_SEPARATOR)
_FIELDS: Final = _examples(_FIELD_SEPARATOR)
_RECORDS: Final = ((*KINDS, FINAL_TITLE, STATE_KIND),)
_WITHOUT_WORDS: Final = re.compile(r"[*?/>.\s]*")
"""A pattern that has no character of its own: wildcards, separators and dots."""
_HINT: Final = (
    "Say which differences it expects, with trace, record, field, layer, fingerprint or fact that"
    " does not match everything."
)


def refuse_wide(rules: Sequence[Rule]) -> None:
    """Raise RulesError for a rule, or for several together, that could match every difference."""
    for rule in rules:
        if _hides(rule) and not any(_is_narrow([rule], key) for key in _KEYS):
            raise RulesError(
                f"[[expected]] number {rule.number}: it matches every difference",
                line=rule.line,
                hint=_HINT,
            )
    for key in _KEYS:
        for alike in _alike_except(key, rules):
            if len(alike) > 1 and not _is_narrow(alike, key):
                numbers = ", ".join(str(rule.number) for rule in alike)
                raise RulesError(
                    f"[[expected]] numbers {numbers}: together they match every difference",
                    line=alike[0].line,
                    hint=_HINT,
                )


def hides_much(rule: Rule, hidden: int, differing: int) -> bool:
    """Whether a rule hid more than its share of the records that differ in a run."""
    if rule.fingerprints is not None or rule.facts is not None or rule.count is not None:
        return False
    return hidden > WIDE_SHARE * differing


def matches_every_trace(rule: Rule, rules: Iterable[Rule], names: Collection[str]) -> bool:
    """Whether nothing but ``trace`` narrows a rule, and it matches all of several traces.

    Or does so together with those of ``rules`` that are like it and match some of them.
    """
    if len(names) < _SEVERAL or not _is_of_trace_alone(rule):
        return False
    alike = [
        each
        for each in rules
        if _is_of_trace_alone(each)
        and _runs_of(each) == _runs_of(rule)
        and any(each.matches_trace(name) for name in names)
    ]
    return rule in alike and all(any(each.matches_trace(name) for each in alike) for name in names)


_SEVERAL: Final = 2
"""A rule for the only trace of a project is about that trace."""


def _is_of_trace_alone(rule: Rule) -> bool:
    others = [key for key in _KEYS if key != "trace"]
    return _hides(rule) and not any(_is_narrow([rule], key) for key in others)


def _runs_of(rule: Rule) -> tuple[str | None, ...]:
    return rule.release, rule.from_release, rule.to_release


def _hides(rule: Rule) -> bool:
    return rule.action is not RuleAction.EXACT


def _alike_except(key: str, rules: Iterable[Rule]) -> Iterable[list[Rule]]:
    """Rules for the same runs that only one key narrows, by the runs that they are for."""
    found: dict[tuple[str | None, ...], list[Rule]] = {}
    for rule in rules:
        others = [other for other in _KEYS if other != key]
        if _hides(rule) and not any(_is_narrow([rule], other) for other in others):
            found.setdefault(_runs_of(rule), []).append(rule)
    return found.values()


def _is_narrow(rules: Sequence[Rule], key: str) -> bool:
    """Whether a key keeps these rules together from matching everything."""
    return all(_KEYS[key](rule) is not None for rule in rules) and not _COVERS[key](rules)


def _covering(key: str, examples: Sequence[Sequence[str]]) -> Callable[[Sequence[Rule]], bool]:
    """Whether rules together match all examples of one group, or one of them says nothing."""

    def covers(rules: Sequence[Rule]) -> bool:
        given = [_KEYS[key](rule) for rule in rules]
        patterns = [each for each in given if isinstance(each, Patterns)]
        if any(_WITHOUT_WORDS.fullmatch(text) for each in patterns for text in each.texts):
            return True
        return any(
            all(any(each.match(example) for each in patterns) for example in group)
            for group in examples
        )

    return covers


_KEYS: Final[dict[str, Callable[[Rule], object]]] = {
    "trace": lambda rule: rule.trace,
    "record": lambda rule: rule.record,
    "field": lambda rule: rule.field,
    "layer": lambda rule: rule.layers,
    "fingerprint": lambda rule: rule.fingerprints,
    "fact": lambda rule: rule.facts,
}
_COVERS: Final[dict[str, Callable[[Sequence[Rule]], bool]]] = {
    "trace": _covering("trace", _TRACES),
    "record": _covering("record", _RECORDS),
    "field": _covering("field", _FIELDS),
    "layer": lambda rules: (
        frozenset().union(*(rule.layers or () for rule in rules)) >= NAMED_IN_RULES
    ),
    "fingerprint": lambda rules: False,
    "fact": lambda rules: (
        frozenset(FACT_NAMES) <= frozenset().union(*(rule.facts or () for rule in rules))
    ),
}

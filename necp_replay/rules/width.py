"""Refuses rules that could match every difference, and says when one hides much of a run.

What makes a rule too wide is what it can match, not how it is written. Which names of traces and
which paths of fields there are is not known before a run, so patterns are tried on examples that
have nothing in common; of kinds of records, layers and facts all are known. A key that matches all
of them narrows nothing, and a rule needs a key that does. Several rules that are alike except for
one key are taken together.

What no file can tell is how much a rule hides. After a run, a rule that hides more than
:data:`WIDE_SHARE` of the records that differ is warned about, unless it says exactly what it
expects: a fingerprint, a fact or a count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Final

from necp_replay.errors import RulesError
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import FINAL_TITLE
from necp_replay.outcomes.render_input import KINDS
from necp_replay.releases.profile import FACT_NAMES
from necp_replay.rules.pattern import Patterns
from necp_replay.rules.rule import Rule, RuleAction

WIDE_SHARE: Final = Fraction(1, 2)
"""A rule that hides more than this part of the records that differ in a run is warned about."""

_TRACES: Final = ("a", "Z-1", "client/add", "0.9_x", "q/w/e", "\u00fc")
_FIELDS: Final = (
    *("status", "record", "input", "effects", "effects > log", "client_id", "buffer > FLAGS"),
    *("flow: 1 > assigned", "counters > n", "X", "0"),
)
_RECORDS: Final = (*KINDS, FINAL_TITLE)
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


def _hides(rule: Rule) -> bool:
    return rule.action is not RuleAction.EXACT


def _alike_except(key: str, rules: Iterable[Rule]) -> Iterable[list[Rule]]:
    """Rules for the same runs that only one key narrows, by the runs that they are for."""
    found: dict[tuple[str | None, ...], list[Rule]] = {}
    for rule in rules:
        others = [other for other in _KEYS if other != key]
        if _hides(rule) and not any(_is_narrow([rule], other) for other in others):
            runs = rule.release, rule.from_release, rule.to_release
            found.setdefault(runs, []).append(rule)
    return found.values()


def _is_narrow(rules: Sequence[Rule], key: str) -> bool:
    """Whether a key keeps these rules together from matching everything."""
    return all(_KEYS[key](rule) is not None for rule in rules) and not _COVERS[key](rules)


def _covering(key: str, examples: Sequence[str]) -> Callable[[Sequence[Rule]], bool]:
    def covers(rules: Sequence[Rule]) -> bool:
        given = [_KEYS[key](rule) for rule in rules]
        patterns = [each for each in given if isinstance(each, Patterns)]
        return all(any(each.match(example) for each in patterns) for example in examples)

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
        frozenset(Layer) <= frozenset().union(*(rule.layers or () for rule in rules))
    ),
    "fingerprint": lambda rules: False,
    "fact": lambda rules: (
        frozenset(FACT_NAMES) <= frozenset().union(*(rule.facts or () for rule in rules))
    ),
}

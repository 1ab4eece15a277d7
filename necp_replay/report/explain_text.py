"""An explanation as a tree, drawn with Unicode or ASCII characters."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from typing import Any, Final, TextIO

from necp_replay.dataclass import dataclass
from necp_replay.explain.explanation import (
    AgentCheck,
    CallExplanation,
    ChangesShown,
    ClientExplanation,
    ConditionCheck,
    FailureExplanation,
    FlagCheck,
    FlowCheck,
    InterfaceCheck,
    InterfaceExplanation,
    MatchCheck,
    PolicyCheck,
    PolicyExplanation,
    PolicyVerdict,
    PossibleFailure,
    RecordExplanation,
    RouteExplanation,
    RouteLookup,
    RouteShown,
)
from necp_replay.outcomes.node import Node
from necp_replay.report.style import Style
from necp_replay.report.words import counted


@dataclass(frozen=True, slots=True)
class TreeLines:
    """The characters that a tree is drawn with."""

    branch: str
    last: str
    through: str
    space: str
    yes: str
    no: str
    neutral: str


_LEAST_TEXT: Final = 24
"""No text is broken into shorter lines, however narrow the terminal is."""
_WHOLE_WORDS: Final[dict[str, Any]] = {"break_long_words": False, "break_on_hyphens": False}
UNICODE: Final = TreeLines("├─ ", "└─ ", "│  ", "   ", "✓", "✗", "·")
ASCII: Final = TreeLines("|- ", "`- ", "|  ", "   ", "+", "x", "-")


def lines_for(stream: TextIO) -> TreeLines:
    """Unicode characters if the encoding of the stream has them, else ASCII."""
    try:
        UNICODE.yes.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


def explanation_text(
    explanation: RecordExplanation, style: Style, lines: TreeLines, width: int | None = None
) -> str:
    """The whole explanation: the record, then a tree for each evaluation.

    Lines of a tree that are longer than ``width`` go on below their text.
    """
    drawn = [style.paint(f"record {explanation.record}  {explanation.title}", "bold")]
    drawn.append(f"{explanation.trace} on {explanation.release}")
    drawn.extend(explanation_trees(explanation, style, lines, width))
    return "\n".join(drawn)


def explanation_trees(
    explanation: RecordExplanation, style: Style, lines: TreeLines, width: int | None = None
) -> Iterator[str]:
    """The lines of an explanation below its record, trace and release."""
    if explanation.evaluated_at != explanation.record:
        yield f"evaluated at record {explanation.evaluated_at}  {explanation.evaluated_by}"
    if explanation.note is not None:
        note = f"note: {explanation.note}"
        for part in [note] if width is None else textwrap.wrap(note, width, **_WHOLE_WORDS):
            yield style.paint(part, "yellow")
    trees = [] if explanation.failure is None else [_failure(explanation.failure)]
    if explanation.possible is not None:
        trees.append(_possible(explanation.possible))
    trees += [_client(client) for client in explanation.clients]
    if explanation.call is not None:
        trees.append(_call(explanation.call))
    for tree in trees:
        yield ""
        yield from _Drawing(style, lines, width).tree(tree)
    if explanation.unchanged:
        count = counted(explanation.unchanged, "client")
        yield ""
        yield f"{count} evaluated with the same result as before; --client shows one"


@dataclass(slots=True)
class _Line:
    """One line of the tree. ``mark`` is True for yes, False for no, None for neither."""

    text: str
    children: list[_Line] = field(default_factory=list)
    mark: bool | None = None
    has_mark: bool = False
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class _Drawing:
    """How a tree is drawn. A line that is too long goes on below its text."""

    style: Style
    lines: TreeLines
    width: int | None

    def tree(self, tree: _Line) -> Iterator[str]:
        """The lines of a tree."""
        yield from self._line(tree, "", "")
        yield from self._children(tree.children, "")

    def _children(self, children: Sequence[_Line], before: str) -> Iterator[str]:
        for position, child in enumerate(children):
            is_last = position == len(children) - 1
            stem = before + (self.lines.last if is_last else self.lines.branch)
            below = before + (self.lines.space if is_last else self.lines.through)
            yield from self._line(child, stem, below)
            yield from self._children(child.children, below)

    def _line(self, line: _Line, stem: str, below: str) -> Iterator[str]:
        """One line of the tree, in several lines if it is too long."""
        mark = self._mark(line)
        # What goes on must not look like a child, so it stands below the text of its line.
        hanging = below + (self.lines.through if line.children else self.lines.space)
        parts = self._parts(line.text, len(stem) + 2 * bool(mark), len(hanging))
        for number, text in enumerate(parts):
            painted = text if line.colour is None else self.style.paint(text, line.colour)
            if number == 0:
                yield (self.style.paint(stem, "dim") if stem else "") + mark + painted
            else:
                yield self.style.paint(hanging, "dim") + painted

    def _parts(self, text: str, before: int, hanging: int) -> list[str]:
        """A text in parts; ``before`` characters stand before the first one, ``hanging`` later."""
        if self.width is None or before + len(text) <= self.width:
            return [text]
        indent = " " * max(0, before - hanging)
        room = max(_LEAST_TEXT, self.width - hanging)
        parts = textwrap.wrap(text, room, initial_indent=indent, **_WHOLE_WORDS)
        return [part.strip() for part in parts]

    def _mark(self, line: _Line) -> str:
        if not line.has_mark:
            return ""
        if line.mark is None:
            return f"{self.style.paint(self.lines.neutral, 'dim')} "
        sign, colour = (self.lines.yes, "green") if line.mark else (self.lines.no, "red")
        return f"{self.style.paint(sign, colour)} "


def _marked(text: str, mark: bool | None, children: Iterable[_Line] = ()) -> _Line:
    return _Line(text, list(children), mark, has_mark=True)


def _client(client: ClientExplanation) -> _Line:
    parts = [*_changes(client), _Line("asks for", [_node(node) for node in client.parameters])]
    parts.extend(_Line(held) for held in client.holds)
    if client.refused:
        reasons = [_Line(reason) for reason in client.refused]
        parts.append(_Line("resolver tag: refused", reasons, colour="red"))
    if client.interfaces is not None:
        parts.append(_interfaces(client.interfaces))
    if client.match is not None:
        parts.extend(_match(client.match))
    if client.adjustment is not None:
        parts.append(_Line(f"scoping: {client.adjustment}"))
    if client.flags:
        parts.append(_Line("flags", [_flag(flag) for flag in client.flags]))
    if client.agents:
        parts.append(_Line("agents", [_agent(agent) for agent in client.agents]))
    if client.flows:
        parts.append(_Line("flows", [_flow(flow) for flow in client.flows]))
    fields = [_node(node) for node in client.result]
    parts.append(_Line("result as stored", fields or [_Line("none")]))
    parts.extend(_disagreements(client.disagreements))
    heading = (
        f"client {client.client} of {client.process}: {client.outcome} ({client.change.value})"
    )
    return _Line(heading, parts, colour="bold")


def _changes(client: ClientExplanation) -> Iterator[_Line]:
    """What changed since the evaluation before, and since this one."""
    before, after = client.changed_before, client.changed_after
    if before is not None:
        yield _changed(f"changed since its evaluation before, record {before.since}", before)
    if after is not None and after.changes:
        yield _changed(f"changed since it was evaluated, record {after.since}", after)


def _changed(heading: str, shown: ChangesShown) -> _Line:
    lines = [_Line(f"{change.record} {change.title}") for change in shown.changes]
    if shown.earlier:
        lines.insert(0, _Line(counted(shown.earlier, "earlier change")))
    return _Line(heading, lines or [_Line("nothing that evaluations look at")])


def _call(call: CallExplanation) -> _Line:
    parts = [_Line("asks for", [_node(node) for node in call.parameters])]
    parts.extend(_match(call.match))
    fields = [_node(node) for node in call.result]
    parts.append(_Line("result as written", fields or [_Line("all zero")]))
    parts.extend(_disagreements(call.disagreements))
    return _Line(f"necp_match_policy of {call.process}: {call.outcome}", parts, colour="bold")


def _disagreements(disagreements: Sequence[str]) -> Iterator[_Line]:
    if disagreements:
        children = [_Line(text, colour="red") for text in disagreements]
        yield _Line("the stored result differs from this explanation", children, colour="red")


def _node(node: Node) -> _Line:
    text = f"{node.key} {node.value}" if node.value else node.key
    return _Line(text, [_node(child) for child in node.children])


def _failure(failure: FailureExplanation) -> _Line:
    failing = next((n for n, each in enumerate(failure.checks, start=1) if each.passed is False), 0)
    which = f"check {failing} of {len(failure.checks)}" if failing else "a check that is not named"
    function = failure.function or "a change around the subsystem, no upstream function"
    where = f" ({function})"
    return _Line(
        f"{failure.errno}: {which} of {failure.name}{where}",
        [
            _marked(
                f"{number}. {check.text}" + ("; not reached" if check.passed is None else ""),
                check.passed,
                _failing_lines(failure) if check.passed is False else (),
            )
            for number, check in enumerate(failure.checks, start=1)
        ],
        colour="red",
    )


def _possible(failure: PossibleFailure) -> _Line:
    if not failure.checks:
        return _Line(
            f"{failure.errno}: no check that is known gives it here",
            [_Line(f"what the engine answers is not determined: {failure.why}")],
            colour="red",
        )
    one = len(failure.checks) == 1
    which = "one check gives it; that it did" if one else "which check gave it"
    return _Line(
        f"{failure.errno} was recorded; {which} is not determined: {failure.why}",
        [
            _Line(
                f"{each.name} check {each.number}, {each.text}",
                [] if each.release is None else [_Line(f"in this release: {each.release}")],
            )
            for each in failure.checks
        ],
        colour="red",
    )


def _failing_lines(failure: FailureExplanation) -> list[_Line]:
    lines = [_Line(f"{each.name}: {each.value}") for each in failure.values]
    if failure.release is not None:
        lines.append(_Line(f"in this release: {failure.release}"))
    return lines


def _interfaces(interfaces: InterfaceExplanation) -> _Line:
    chosen = "none in particular" if interfaces.chosen is None else interfaces.chosen
    if not interfaces.is_met:
        chosen = "none is acceptable"
    return _Line(
        f"interface: {chosen}; {interfaces.because}",
        [_interface(check) for check in interfaces.checks],
    )


def _interface(check: InterfaceCheck) -> _Line:
    name = check.interface if check.is_ordered else f"{check.interface} (not ordered)"
    if not check.is_considered:
        return _marked(f"{name}: not considered", None)
    if check.parameter is not None:
        text = f"{name}: has {check.actual}, {check.parameter} asks for {check.asked}"
        return _marked(text, False)
    text = f"{name}: {'chosen' if check.is_chosen else 'acceptable'}"
    if check.preferences_met:
        text += f", meets {check.preferences_met} preferences"
    return _marked(text, True if check.is_chosen else None)


def _match(match: MatchCheck) -> Iterator[_Line]:
    if match.asker is not None:
        asker = match.asker
        yield _Line(
            f"on behalf of pid {asker.pid}, uid {asker.uid}, application {asker.application}",
            [_Line(text) for text in asker.delegations],
        )
    yield _policies(match.policies)
    if match.route is not None:
        yield _route(match.route)


def _policies(policies: PolicyExplanation) -> _Line:
    children = [_policy(policy) for policy in policies.policies]
    collected = []
    if policies.filter_control_unit:
        collected.append(_Line(f"filter control unit {policies.filter_control_unit}"))
    if policies.service is not None:
        collected.append(_Line(f"service {policies.service}"))
    collected += [_Line(f"agent {agent}") for agent in policies.agents]
    collected += [_Line(f"route rule {rule}") for rule in policies.route_rules]
    if collected:
        children.append(_Line("collected", collected))
    heading = f"policies (session order/order): {policies.outcome}; {policies.because}"
    return _Line(heading, children)


_MARKS: Final[dict[PolicyVerdict, bool | None]] = {
    PolicyVerdict.DECIDES: True,
    PolicyVerdict.COLLECTED: True,
    PolicyVerdict.NO_EFFECT: None,
    PolicyVerdict.SKIPS: True,
    PolicyVerdict.FAILED: False,
    PolicyVerdict.SKIPPED: None,
    PolicyVerdict.DROP_ALL: None,
    PolicyVerdict.NOT_REACHED: None,
    PolicyVerdict.UNNECESSARY: None,
}


def _policy(policy: PolicyCheck) -> _Line:
    place = f"{policy.session_order}/{policy.order}"
    text = f"{place} policy {policy.id} of {policy.owner}, {policy.result}: {policy.verdict.value}"
    conditions = [_condition(condition) for condition in policy.conditions]
    if policy.verdict is PolicyVerdict.FAILED and conditions:
        return _marked(text, False, conditions)
    return _marked(f"{text}; {policy.because}", _MARKS[policy.verdict], conditions)


def _condition(condition: ConditionCheck) -> _Line:
    asked = f"not {condition.asked}" if condition.is_negated else condition.asked
    return _marked(f"{condition.name} is {condition.actual}, asks for {asked}", condition.is_met)


def _route(route: RouteExplanation) -> _Line:
    children = [_Line(f"scope: {route.scope}; {route.scope_because}")]
    # Lookups for a flag are shown with the flags.
    children += [_lookup(lookup) for lookup in route.lookups if not lookup.is_for_flag]
    if route.local_address is not None:
        children.append(_Line(f"local address: {route.local_address}"))
    for rule in route.rules:
        verdict = "allows" if rule.is_allowed else "denies"
        text = f"route rule {rule.id} {verdict} it: {rule.action}, {rule.because}"
        children.append(_marked(text, rule.is_allowed))
    if route.is_denied:
        children.append(_Line("denied by a route rule: the result becomes DROP", colour="red"))
    if route.prohibited is not None:
        children.append(_Line(f"{route.prohibited}: the result becomes DROP", colour="red"))
    routed = "not routed" if route.routed_interface is None else route.routed_interface
    return _Line(f"route: {routed}; {route.because}", children)


def _lookup(lookup: RouteLookup) -> _Line:
    asked = f"{lookup.purpose}: {lookup.destination} on {lookup.scope}"
    if lookup.found is None:
        return _marked(f"{asked}: no route", False)
    return _marked(f"{asked}: {_shown(lookup.found)}", True)


def _shown(route: RouteShown) -> str:
    scoped = ", scoped" if route.is_scoped else ""
    gateway = "" if route.gateway is None else f" by {route.gateway}"
    return f"{route.destination} through {route.interface}{gateway}{scoped} [{route.id}]"


def _flag(flag: FlagCheck) -> _Line:
    return _marked(f"{flag.name}: {flag.because}", flag.is_set)


def _agent(agent: AgentCheck) -> _Line:
    return _marked(f"{agent.agent} from {agent.named_by}: {agent.because}", agent.applies)


def _flow(flow: FlowCheck) -> _Line:
    state = "viable" if flow.is_viable else "not viable"
    if flow.is_removed:
        state += ", ended"
    ends = f"{flow.local} to {flow.remote}"
    return _marked(
        f"{flow.kind} flow on {flow.interface}, {ends}: {state}; {flow.because}", flow.is_viable
    )

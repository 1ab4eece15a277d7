"""Edits from what people type, such as ``drop`` and ``fact NAME=VALUE``."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any, Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.policy import POLICY_ID, SessionAction
from necp_replay.errors import UsageError
from necp_replay.events.inputs import Input, Step
from necp_replay.events.json_form import step_from_json, step_to_json
from necp_replay.events.outcome import SessionBuffer
from necp_replay.events.references import process_of
from necp_replay.events.syscalls import NecpClientAction, NecpSessionAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.history.history import Moment, StateHistory
from necp_replay.outcomes.safe_text import escape
from necp_replay.releases.fact import shown_value
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.names import canonical_tag
from necp_replay.releases.profile import FACT_NAMES, Profile, facts
from necp_replay.stepping.buffer_edit import packed_value, with_tlv
from necp_replay.stepping.edits import Drop, Edit, Insert, OtherFacts, Replace

WAYS: Final = {
    "drop": "drop: as if the record were not there",
    "arg FIELD=VALUE": "arg pid=101, arg action=REMOVE, arg in_buffer.POLICY_ORDER=5",
    "fact NAME[=VALUE]": "fact NAME=RELEASE: from this record on, the fact is as in a release",
    "policy ID off": "policy 2 off, policy 2 POLICY_RESULT=DROP: from where it was added",
}
"""The kinds of edits, each with examples."""


def parse_edit(words: list[str], history: StateHistory) -> Edit:
    """The edit that words name, at the place of a history.

    The place is the same afterwards. Raises UsageError saying what is wrong, with similar names.
    """
    kind, rest = (words[0], words[1:]) if words else ("", [])
    match kind:
        case "drop" if len(rest) <= 1:
            return _drop(history, rest)
        case "arg" if rest:
            return _arg(history, " ".join(rest))
        case "fact" if rest:
            return _fact(history, " ".join(rest))
        case "policy" if len(rest) >= 2:
            return _policy(history, rest[0], " ".join(rest[1:]))
        case _:
            shown = f"what-if {escape(' '.join(words))}".rstrip()
            raise UsageError(
                f"{shown} is not an edit" if words else "what-if needs an edit",
                hint=f"Edits are: {'; '.join(WAYS)}.",
            )


def _drop(history: StateHistory, rest: list[str]) -> Edit:
    place = history.number
    if not rest:
        _current(history)
        return Drop(place, history.title)
    number = record_number(rest[0])
    if number == 0:
        raise UsageError("there is no record 0", hint="Records are counted from 1.")
    try:
        history.go_to(number)
        return Drop(history.number, history.title)
    finally:
        history.go_to(place)


def record_number(text: str) -> int:
    """The number of a record, or 0. Raises UsageError for other text."""
    return number_of(text, "the number of a record")


def number_of(text: str, what: str) -> int:
    """The number that a text is. Raises UsageError, which says ``what`` was expected."""
    plain = text.replace(",", "")
    if not (plain.isascii() and plain.isdecimal() and len(plain) < _MOST_DIGITS):
        raise UsageError(
            f"{escape(text) or 'an empty text'} is not {what}",
            hint="Give a number, such as 12.",
        )
    return int(plain)


def _current(history: StateHistory) -> Moment:
    """The record of the place. Raises UsageError at the place before the first record."""
    moment = history.moment
    if moment is None:
        raise UsageError("this is before the first record", hint="Go to a record, with next.")
    return moment


def _arg(history: StateHistory, text: str) -> Edit:
    """Another value of a field that the current record passed."""
    moment = _current(history)
    field, value = _assignment(text)
    event = moment.step.input
    if "." in field:
        step = replace(moment.step, input=with_tlv(event, field, value))
    else:
        step = _with_field(moment.step, field, value, history)
    return Replace(moment.number, step, f"record {moment.number:,} with {escape(text)}")


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise UsageError(f"{escape(text)} is not NAME=VALUE", hint="Try: what-if arg pid=101.")
    return name.strip(), value.strip()


def _with_field(step: Step, field: str, value: str, history: StateHistory) -> Step:
    """A step with another value of one field, which is read as its JSON form is."""
    known = [each.name.rstrip("_") for each in fields(step.input)]
    if field not in known:
        near = get_close_matches(field, known, 3, 0.5)
        raise UsageError(
            f"the record has no field {escape(field)}",
            hint=f"Did you mean {', '.join(near)}?" if near else f"It has {', '.join(known)}.",
        )
    written = step_to_json(step)
    written[field] = _json_value(step.input, field, value, history)
    try:
        return step_from_json(written)
    except ValueError as error:
        raise UsageError(
            f"{escape(str(error))}", hint="The values are those of `necp-replay convert`."
        ) from None


def _json_value(event: Input, field: str, value: str, history: StateHistory) -> Any:
    """The JSON form of a value. Names of actions and ids are known, bytes are as in TLVs."""
    if field == "action" and value[:1].isalpha():
        actions = {NecpClientAction: ClientAction, NecpSessionAction: SessionAction}
        names = actions.get(type(event))
        if names is not None:
            return _member(names, value)
    name = f"{field}_" if field == "class" else field
    present = getattr(event, name)
    if value.startswith("#"):
        uuid = history.names.id_of(value)
        if uuid is None:
            raise UsageError(f"no id has the name {escape(value)}", hint="Ids are #1, #2, ...")
        value = f"0x{uuid.hex()}"
    if isinstance(present, UserBuffer) and value == "none":
        return None
    if isinstance(present, UserBuffer) and value != "null" and not value.startswith("{"):
        content = packed_value(value, 4)
        return {"hex": content.rstrip(b"\0").hex(), "bytes": max(len(content), present.length)}
    if isinstance(present, bytes) and value.startswith("0x"):
        return value[2:]
    if value.startswith("0x"):
        try:
            return int(value, 16)
        except ValueError:
            return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _member(names: Any, value: str) -> int:
    known = [each.name for each in names]
    if value.upper() in known:
        return int(names[value.upper()])
    near = get_close_matches(value.upper(), known, 3, 0.5)
    raise UsageError(
        f"there is no action {escape(value)}",
        hint=f"Did you mean {', '.join(near)}?" if near else f"Known: {', '.join(known)}.",
    )


def _fact(history: StateHistory, text: str) -> Edit:
    """Another value of a fact from the current record on, with the facts that change with it."""
    name, equals, value = text.partition("=")
    name, value = name.strip(), value.strip()
    if equals and not value:
        raise UsageError(
            f"{escape(text)} has no value", hint=f"Try: what-if fact {escape(name)}, without =."
        )
    if name not in FACT_NAMES:
        near = get_close_matches(name, FACT_NAMES, 3, 0.5)
        raise UsageError(
            f"there is no fact {escape(name)}",
            hint=f"Did you mean {', '.join(near)}?"
            if near
            else "`necp-replay releases diff R1 R2` lists facts.",
        )
    profile = history.profile
    values = _as_in_a_release(profile, name, value if equals else None)
    change = f"{shown_value(getattr(profile, name))} -> {shown_value(values[name])}"
    first = max(1, history.number)
    return OtherFacts(first - 1, values, f"from record {first:,} on, {name} {change}")


def _as_in_a_release(profile: Profile, name: str, value: str | None) -> dict[str, Any]:
    """The values of a fact and of those that it requires, as in the nearest release that fits."""
    own = getattr(profile, name)
    tags = list(RELEASES)
    here = tags.index(profile.release) if profile.release in tags else 0
    nearest = sorted(tags, key=lambda tag: (abs(tags.index(tag) - here), tag))
    others = [RELEASES[tag] for tag in nearest]
    if value is not None and canonical_tag(value) in RELEASES:
        chosen = RELEASES[canonical_tag(value)]
        return _values_of(chosen, name)
    for other in others:
        found = getattr(other, name)
        if found != own if value is None else shown_value(found) == value:
            return _values_of(other, name)
    if isinstance(own, bool) and value in (None, str(not own)):
        return {name: not own}
    known = list(dict.fromkeys(shown_value(getattr(other, name)) for other in others))
    raise UsageError(
        f"no release has {escape(value)} for {name}"
        if value is not None
        else f"{name} is {shown_value(own)} in every release",
        hint=f"Its values are: {'; '.join(known)}." if len(known) > 1 else "Choose another fact.",
    )


def _values_of(profile: Profile, name: str) -> dict[str, Any]:
    return {each: getattr(profile, each) for each in (name, *facts()[name].requires)}


def _policy(history: StateHistory, which: str, text: str) -> Edit:
    """A policy that is removed or changed, from the record on that added it."""
    moment = _added(history, which)
    event = moment.step.input
    assert isinstance(event, NecpSessionAction), "only such records add policies"
    if text != "off":
        name, value = _assignment(text)
        changed = replace(moment.step, input=with_tlv(event, f"in_buffer.{name}", value))
        shown = f"policy {escape(which)} of record {moment.number:,} with {escape(text)}"
        return Replace(moment.number, changed, shown)
    content = POLICY_ID.pack(_policy_id(moment))
    delete = Step(
        NecpSessionAction(
            event.pid,
            event.fd,
            int(SessionAction.POLICY_DELETE),
            UserBuffer(content.rstrip(b"\0"), len(content)),
            len(content),
        )
    )
    return Insert(
        moment.number, (delete,), f"policy {which} deleted right after record {moment.number:,}"
    )


def _added(history: StateHistory, which: str) -> Moment:
    """The record that added a policy.

    ``which`` is the number that POLICY_ADD returned (``2``), this number and the record (``2@14``),
    or the order of the session and that of the policy, as an explanation shows them (``2001/20``).
    """
    pid = None
    if "/" in which:
        wanted, pid = _policy_of_orders(history, which)
        at = 0
    else:
        policy, _, record = which.partition("@")
        wanted, at = number_of(policy, "the number of a policy"), record_number(record or "0")
    place = history.number
    found: list[Moment] = []
    try:
        history.go_to(0)
        while history.number < place and (moment := history.forward()) is not None:
            is_wanted = wanted and _policy_id(moment) == wanted and at in (0, moment.number)
            if is_wanted and pid in (None, process_of(moment.step.input)):
                found.append(moment)
                del found[_MOST_NAMED:]
    finally:
        history.go_to(place)
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(f"{wanted}@{moment.number}" for moment in found)
        raise UsageError(f"several policies have the number {wanted}", hint=f"Choose of {several}.")
    raise UsageError(
        f"no record up to here added policy {escape(which)}",
        hint="The number is what POLICY_ADD returned. An explanation shows other numbers; take the"
        " orders before them, such as 2001/20.",
    )


def _policy_of_orders(history: StateHistory, which: str) -> tuple[int, int]:
    """The number of a policy by the orders of session and policy, and the session's process."""
    orders = tuple(
        number_of(part, "the order of a session or policy") for part in which.split("/", 1)
    )
    policies = history.snapshot().policies
    found = [
        (policy.id, session.proc_pid)
        for session in (() if policies is None else policies.sessions)
        for policy in session.policies
        if (session.order, policy.order) == orders
    ]
    if len(found) == 1:
        return found[0]
    raise UsageError(
        f"{len(found) or 'no'} policies have the orders {escape(which)} here",
        hint="`state policies` shows those that there are.",
    )


def _policy_id(moment: Moment) -> int:
    """The id of the policy that a record added, 0 if it added none."""
    event, outcome = moment.step.input, moment.outcome
    if not isinstance(event, NecpSessionAction) or event.action != SessionAction.POLICY_ADD:
        return 0
    answer = outcome.answer
    if outcome.errno or not isinstance(answer, SessionBuffer):
        return 0
    content = answer.out_buffer
    return int.from_bytes(content[:4], "little") if isinstance(content, bytes) else 0


_MOST_NAMED: Final = 20
"""Records that an error names at most."""
_MOST_DIGITS: Final = 19
"""Longer numbers are of no record."""

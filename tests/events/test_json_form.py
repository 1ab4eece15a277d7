"""Steps and outcomes become JSON and come back as they were; anything else is refused by name."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.events import interfaces
from necp_replay.events.clock import Now, TimerFire
from necp_replay.events.effects import (
    EFFECT_NAMES,
    KernelPointerLeak,
    Log,
    Panic,
    TypeConfusionMark,
)
from necp_replay.events.inputs import INPUT_NAMES, Step
from necp_replay.events.json_form import (
    outcome_from_json,
    outcome_to_json,
    step_from_json,
    step_to_json,
)
from necp_replay.events.outcome import ActionBuffers, Answer, Outcome, Panicked
from necp_replay.events.routes import RouteUpdate
from necp_replay.events.syscalls import Close, FdPoll, NecpClientAction
from necp_replay.events.unmeasured_inputs import partial_step
from necp_replay.events.user_buffer import Unseen
from tests.examples import examples
from tests.trace import arbitrary


def through_text(form: dict[str, Any]) -> Any:
    return json.loads(json.dumps(form))


@pytest.mark.parametrize("kind", INPUT_NAMES.values(), ids=INPUT_NAMES)
@settings(max_examples=examples(8, thorough=20))
@given(data=st.data())
def test_every_step_comes_back_as_it_was(kind: type, data: st.DataObject) -> None:
    now_ns = data.draw(st.none() | arbitrary.UNSIGNED)
    event = data.draw(arbitrary.events_of(kind))
    step = partial_step(event, data.draw(arbitrary.uuids), now_ns)
    found = step_from_json(through_text(step_to_json(step)))
    assert arbitrary.identity(found) == arbitrary.identity(step)


@pytest.mark.parametrize("kind", INPUT_NAMES.values(), ids=INPUT_NAMES)
@settings(max_examples=examples(8, thorough=20))
@given(data=st.data(), outcome=arbitrary.outcomes)
def test_every_outcome_comes_back_as_it_was_with_its_input(
    kind: type, data: st.DataObject, outcome: Outcome
) -> None:
    input = data.draw(arbitrary.events_of(kind))
    found = outcome_from_json(input, through_text(outcome_to_json(outcome, input)))
    assert arbitrary.identity(found) == arbitrary.identity(outcome)


@pytest.mark.parametrize("kind", get_args(Answer), ids=lambda kind: str(kind.__name__))
@settings(max_examples=examples(15, thorough=40))
@given(data=st.data())
def test_every_answer_comes_back_as_it_was(kind: type, data: st.DataObject) -> None:
    outcome = Outcome(answer=data.draw(arbitrary.events_of(kind)))
    input = data.draw(arbitrary.steps).input
    found = outcome_from_json(input, through_text(outcome_to_json(outcome, input)))
    assert arbitrary.identity(found) == arbitrary.identity(outcome)


@pytest.mark.parametrize("kind", EFFECT_NAMES.values(), ids=EFFECT_NAMES)
@settings(max_examples=examples(15, thorough=40))
@given(data=st.data())
def test_every_effect_comes_back_as_it_was(kind: type, data: st.DataObject) -> None:
    outcome = Outcome(effects=(data.draw(arbitrary.events_of(kind)),))
    found = outcome_from_json(Now(1), through_text(outcome_to_json(outcome)))
    assert arbitrary.identity(found) == arbitrary.identity(outcome)


STEPS = {
    "a call": (
        {"op": "necp_client_action", "pid": 1, "fd": 3, "action": 4}
        | {"client_id": {"hex": "00ff", "bytes": 16}, "client_id_len": 16}
        | {"buffer": {"unmapped": True}, "buffer_size": 9, "uuids": ["00" * 16]}
    ),
    "pointers": (
        {"op": "necp_match_policy", "pid": 1, "parameters": {"hex": "", "bytes": 8}}
        | {"result": {"hex": "", "bytes": 8, "pointers": [{"offset": 0, "to": None}]}}
    ),
    "no process is privileged by name and number": (
        {"op": "proc_update", "pid": 1, "privileged": ["PRIV_NET", 9], "entitlements": []}
    ),
    "text that is no UTF-8": {"op": "netagent_update", "session": "a", "domain": {"hex": "ff"}},
    "statistics detached": {"op": "route_update", "id": "r", "stats": None},
    "statistics set": {"op": "route_update", "id": "r", "stats": {"rxbytes": 1 << 63}},
    "nothing but a clock": {"op": "timer_fire", "now_ns": 5},
}


@pytest.mark.parametrize("form", STEPS.values(), ids=STEPS)
def test_the_form_of_a_step_is_that_of_the_vectors(form: dict[str, Any]) -> None:
    assert step_to_json(step_from_json(form)) == form


def test_detaching_and_setting_statistics_at_once_is_kept_apart() -> None:
    detached = step_from_json({"op": "route_update", "id": "r", "stats": None})
    assert detached.input == RouteUpdate("r", detach_stats=True)


@pytest.mark.parametrize("detached", [False, True])
def test_statistics_of_a_route_that_are_not_known_are_not_detached(detached: bool) -> None:
    step = Step(RouteUpdate("r", detach_stats=detached), unmeasured=("stats",))
    assert step_from_json(step_to_json(step)) == step


OUTCOMES = {
    "buffers": (
        {"op": "necp_client_action", "pid": 1, "fd": 3, "action": 4},
        {"errno": 0, "retval": 1, "client_id": "ff", "buffer": None, "effects": []},
    ),
    "buffers with pointers": (
        {"op": "necp_client_action", "pid": 1, "fd": 3, "action": 14},
        {"errno": 22, "effects": []},
    ),
    "a digest": (
        {"op": "necp_session_action", "pid": 1, "fd": 3, "action": 4},
        {"errno": 0, "out_buffer": {"sha256": "00" * 32, "bytes": 65537}, "effects": []},
    ),
    "a panic": (
        {"op": "necp_client_action", "pid": 1, "fd": 3, "action": 7},
        {"panic": True, "effects": [{"kind": "panic"}]},
    ),
    "a type confusion": (
        {"op": "necp_session_action", "pid": 1, "fd": 3, "action": 5},
        {"type_confusion": True},
    ),
    "an error of poll": ({"op": "fd_poll", "pid": 1, "fd": 3}, {"errno": 102, "effects": []}),
    "an error of select": (
        {"op": "fd_select", "pid": 1, "fd": 3},
        {"errno": 9, "ready": None, "effects": []},
    ),
    "attributes read": (
        {"op": "socket_get_attributes", "socket": "s"},
        {"errno": 0, "valsize": 4, "attributes": {"domain": "d", "account": None}}
        | {"buffer": None, "effects": []},
    ),
    "attributes set": (
        {"op": "socket_set_attributes", "socket": "s"},
        {"errno": 0, "valsize": 4, "attributes": {"domain": "d", "account": None}, "effects": []},
    ),
    "a message to a kernel agent": (
        {"op": "timer_fire"},
        {"fired": True}
        | {
            "effects": [
                {"kind": "agent_message", "agent": "aa" * 16, "type": 1, "client_id": None}
                | {"errno": 0, "nexus_parameters": None, "wants_results": 1}
            ]
        },
    ),
}


@pytest.mark.parametrize(("operation", "out"), OUTCOMES.values(), ids=OUTCOMES)
def test_the_form_of_an_outcome_is_that_of_the_vectors(
    operation: dict[str, Any], out: dict[str, Any]
) -> None:
    input = step_from_json(operation).input
    outcome = outcome_from_json(input, out)
    assert outcome_to_json(outcome) == out
    assert outcome_to_json(outcome, input) == out


REFUSED_STEPS = {
    "op: unknown operation 'no_such'": {"op": "no_such"},
    "op: unknown operation None": {"pid": 1},
    "op: unknown operation": {"op": ["close"]},
    "close: unknown field 'size'": {"op": "close", "pid": 1, "fd": 3, "size": 1},
    "close: field 'fd' is missing": {"op": "close", "pid": 1},
    "close: pid: expected a whole number, not a string": {"op": "close", "pid": "1", "fd": 3},
    "close: pid: expected a whole number, not true or false": {"op": "close", "pid": True, "fd": 3},
    "close: fd: expected a whole number, not a number with a fraction": (
        {"op": "close", "pid": 1, "fd": 3.0}
    ),
    "close: pid: the number needs more than 64 bits": {"op": "close", "pid": 1 << 64, "fd": 3},
    "close: uuids: expected a list of a string of hexadecimal digits": (
        {"op": "close", "pid": 1, "fd": 3, "uuids": "00"}
    ),
    "snapshot: full: expected true or false, not a number": {"op": "snapshot", "full": 1},
    "iface_add_agent: agent: expected hexadecimal digits and nothing between them": (
        {"op": "iface_add_agent", "index": 1, "agent": "00 00"}
    ),
    "iface_add_agent: agent: expected hexadecimal digits": (
        {"op": "iface_add_agent", "index": 1, "agent": "0g"}
    ),
    "fd_poll: how: a character": {"op": "fd_poll", "pid": 1, "fd": 3, "how": "\ud800"},
    "iface_order: indices: [1]: expected a whole number": {"op": "iface_order", "indices": [1, ""]},
    "necp_match_policy: result: expected 'hex' and 'bytes'": (
        {"op": "necp_match_policy", "pid": 1, "result": {"hex": ""}}
    ),
    "necp_match_policy: result: size: unknown field": (
        {"op": "necp_match_policy", "pid": 1, "result": {"hex": "", "bytes": 0, "size": 0}}
    ),
    "necp_client_action: unmeasured: 'buffer.content': its buffer says with 'known'": (
        {"op": "necp_client_action", "pid": 1, "fd": 3, "action": 1}
        | {"buffer": {"hex": "", "bytes": 8}, "unmeasured": ["buffer.content"]}
    ),
    "netagent_update: domain: expected an object with 'hex' alone": (
        {"op": "netagent_update", "session": "a", "domain": {"text": ""}}
    ),
}


@pytest.mark.parametrize(("reason", "form"), REFUSED_STEPS.items(), ids=REFUSED_STEPS)
def test_a_step_of_another_form_is_refused_by_name(reason: str, form: dict[str, Any]) -> None:
    with pytest.raises(ValueError) as refused:
        step_from_json(form)
    assert str(refused.value).startswith(reason)


def test_user_buffers_that_nest_too_deep_are_refused() -> None:
    buffer: dict[str, Any] = {"hex": "", "bytes": 8}
    for _ in range(17):
        buffer = {"hex": "", "bytes": 8, "pointers": [{"offset": 0, "to": buffer}]}
    with pytest.raises(ValueError, match="nest more than 16 deep"):
        step_from_json({"op": "necp_match_policy", "pid": 1, "result": buffer})


REFUSED_OUTCOMES = {
    "out: unknown field 'buffer'": (Close(1, 3), {"errno": 0, "buffer": "", "effects": []}),
    "out: errno: expected a whole number, not null": (Close(1, 3), {"errno": None}),
    "out: effects: [0]: unknown effect 'wakeup'": (Close(1, 3), {"effects": [{"kind": "wakeup"}]}),
    "out: effects: [0]: unknown effect None": (Close(1, 3), {"effects": ["wake"]}),
    "out: effects: [0]: wake: field 'fd' is missing": (
        Close(1, 3),
        {"effects": [{"kind": "wake", "pid": 1}]},
    ),
    "out: effects: [0]: agent_message: unknown field 'delivery'": (
        Close(1, 3),
        {
            "effects": [
                {"kind": "agent_message", "agent": "", "type": 1, "client_id": None}
                | {"errno": 0, "delivery": None}
            ]
        },
    ),
    "out: panic: expected true": (Close(1, 3), {"panic": False}),
    "out: unknown field 'readable'": (TimerFire(), {"readable": True}),
    "out: buffer: expected the bytes of a buffer": (
        NecpClientAction(1, 3, 4),
        {"errno": 0, "buffer": 5},
    ),
    "out: answer: unknown kind 'Nothing'": (Close(1, 3), {"answer": {"kind": "Nothing"}}),
    "out: unknown field 'fired' beside 'answer'": (TimerFire(), {"answer": None, "fired": True}),
}


@pytest.mark.parametrize(("reason", "case"), REFUSED_OUTCOMES.items(), ids=REFUSED_OUTCOMES)
def test_an_outcome_of_another_form_is_refused_by_name(reason: str, case: Any) -> None:
    with pytest.raises(ValueError) as refused:
        outcome_from_json(*case)
    assert str(refused.value).startswith(reason)


def test_an_answer_that_its_input_never_gives_is_written_explicitly() -> None:
    outcome = Outcome(errno=3)
    call = NecpClientAction(1, 3, 4)
    assert outcome_to_json(outcome, call)["answer"] is None
    assert outcome_from_json(call, outcome_to_json(outcome)).answer == ActionBuffers(
        Unseen.NOT_SHOWN, Unseen.NOT_SHOWN
    )


def test_what_vectors_do_not_measure_can_be_left_out() -> None:
    effects = (Log(3, "f", error=22), KernelPointerLeak("f", 4), Panic("f", "why"))
    outcome = Outcome(answer=Panicked(), effects=effects)
    assert outcome_to_json(outcome, FdPoll(1, 3), measured_only=True) == {
        "panic": True,
        "effects": [{"kind": "log", "level": 3, "function": "f"}, {"kind": "panic"}],
    }


def test_vectors_only_say_that_an_answered_call_was_a_type_confusion() -> None:
    call = NecpClientAction(100, 3, 99)
    outcome = Outcome(22, None, ActionBuffers(), (TypeConfusionMark("f"), Log(3, "f")))
    assert outcome_to_json(outcome, call, measured_only=True) == {"type_confusion": True}
    assert outcome_from_json(call, outcome_to_json(outcome, call)) == outcome


def test_an_address_of_an_interface_may_stand_alone() -> None:
    step = step_from_json({"op": "iface_update", "index": 4, "del_addrs": ["192.0.2.10"]})
    assert isinstance(step.input, interfaces.IfaceUpdate)
    assert step.input.del_addrs == (interfaces.InterfaceAddress("192.0.2.10"),)
    assert step_to_json(step)["del_addrs"] == [{"addr": "192.0.2.10"}]

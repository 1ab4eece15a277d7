"""The JSON form of steps and outcomes. It is that of the conformance vectors, and lossless.

Names are those of the data classes' fields (``class_`` is "class"), bytes are hexadecimal digits,
and a field that is left out has its default. In the vectors' form the type of an answer follows
from the operation, so reading an outcome needs its input. An outcome that does not fit this form,
such as one of a damaged trace, is written with an explicit ``answer``.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, get_args

from necp_replay.events import (
    effects,
    outcome,
    routes,
    snapshot,
    sockets,
)
from necp_replay.events.answers import NATURAL_ANSWERS, NEVER_NONE, WITH_RETVAL, WITHOUT_ERRNO
from necp_replay.events.equality import as_measured
from necp_replay.events.inputs import INPUT_NAMES, NAMES_OF_INPUTS, Input, Step
from necp_replay.events.json_shapes import Shape, json_type_name, object_shape, shape_of
from necp_replay.events.outcome import Outcome
from necp_replay.events.unmeasured import answer_fields, normal_parts, with_unmeasured
from necp_replay.events.unmeasured_inputs import CONTENT, partial_step, unknown_fields
from necp_replay.events.user_buffer import Unseen


def step_from_json(obj: Mapping[str, Any]) -> Step:
    """Read a step: ``op``, the input's fields, ``uuids``, ``now_ns`` and ``unmeasured``.

    Raises ValueError that names the field which is unknown, missing or of the wrong type.
    """
    fields = dict(obj)
    name = fields.pop("op", None)
    input_class = INPUT_NAMES.get(name) if isinstance(name, str) else None
    if input_class is None:
        raise ValueError(f"op: unknown operation {name!r}")
    try:
        uuids = _pop(fields, "uuids", _UUIDS, ())
        now_ns = _pop(fields, "now_ns", _INTEGER, None)
        unmeasured = _pop(fields, "unmeasured", _NAMES, ())
        contents = [part for part in unmeasured if part.endswith(CONTENT)]
        unmeasured = tuple(part for part in unmeasured if not part.endswith(CONTENT))
        for part in unmeasured:
            # The value of an unmeasured field says nothing.
            fields.pop(part.rstrip("_"), None)
            if part in unknown_fields(input_class):
                unknown = unknown_fields(input_class)[part]
                fields[part.rstrip("_")] = _JSON_OF_UNKNOWN.get(unknown, unknown)
        event = _read_input(input_class, fields, unmeasured)
        step = partial_step(event, uuids, now_ns, unmeasured)
        for part in contents:
            if part not in step.unmeasured:
                raise ValueError(
                    f"unmeasured: {part!r}: its buffer says with 'known' what is known"
                )
        return step
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def step_to_json(step: Step) -> dict[str, Any]:
    """The JSON form of a step, without the fields that have their default."""
    written: dict[str, Any] = {"op": NAMES_OF_INPUTS[type(step.input)]}
    written.update(_write_input(step.input, step.unmeasured))
    if step.uuids:
        written["uuids"] = _UUIDS.write(step.uuids)
    if step.now_ns is not None:
        written["now_ns"] = step.now_ns
    if step.unmeasured:
        fields = [part for part in step.unmeasured if not part.endswith(CONTENT)]
        for part in fields:
            written.pop(part.rstrip("_"), None)
        if fields:
            written["unmeasured"] = fields
    return written


def outcome_from_json(input: Input, obj: Mapping[str, Any]) -> Outcome:
    """Read the outcome of ``input``. Raises ValueError as :func:`step_from_json` does.

    ``unmeasured`` lists parts that are not known. Without ``effects`` these are not known; then,
    and without such a list, all that is left out is not known.
    """
    fields = dict(obj)
    try:
        named = _pop(fields, "unmeasured", _NAMES, None)
        unmeasured = normal_parts(named or ())
        errno = _pop(fields, "errno", _INTEGER, None)
        retval = _pop(fields, "retval", _INTEGER, None)
        caused = _pop(fields, "effects", _EFFECTS, ())
        outcome = Outcome(errno, retval, _read_answer(input, fields, unmeasured), caused)
        if "effects" not in obj and type(outcome.answer) not in _WITHOUT_EFFECTS:
            unmeasured = ("effects", *unmeasured)
            if named is None:
                unmeasured = (*unmeasured, *_left_out(input, outcome, obj))
        return with_unmeasured(outcome, unmeasured) if unmeasured else outcome
    except ValueError as error:
        raise ValueError(f"out: {error}") from error


def outcome_to_json(
    outcome: Outcome, input: Input | None = None, *, measured_only: bool = False
) -> dict[str, Any]:
    """The JSON form of an outcome.

    Without ``input`` it is always the vectors' form. With it, an outcome that could not be read
    back from that form is written with an explicit ``answer``. ``measured_only`` leaves out the
    fields and effects that vectors do not measure.
    """
    if measured_only:
        outcome = as_measured(outcome)
    written: dict[str, Any] = {}
    if outcome.errno is not None:
        written["errno"] = outcome.errno
    if outcome.retval is not None:
        written["retval"] = outcome.retval
    unmeasured = outcome.unmeasured
    if "answer" not in unmeasured:
        if input is None or _is_natural(input, outcome.answer):
            written.update(_write_answer(outcome.answer))
        else:
            written["answer"] = _write_explicit_answer(outcome.answer)
    if unmeasured:
        written = {name: value for name, value in written.items() if name not in unmeasured}
        written["unmeasured"] = list(unmeasured)
    if "effects" in unmeasured:
        return written
    if outcome.effects or type(outcome.answer) not in _WITHOUT_EFFECTS:
        written["effects"] = _EFFECTS.write(outcome.effects)
    if measured_only:
        _leave_out_unmeasured(written)
    return written


def _pop(fields: dict[str, Any], name: str, shape: Shape, default: Any) -> Any:
    if name not in fields:
        return default
    try:
        return shape.read(fields.pop(name))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _read_input(input_class: type, fields: dict[str, Any], unmeasured: Sequence[str]) -> Any:
    """Statistics of a route that are null are detached, unless they are not known."""
    is_known = "stats" in fields and "stats" not in unmeasured
    if input_class is routes.RouteUpdate and is_known and fields["stats"] is None:
        fields = {**fields, "detach_stats": True}
    return _INPUTS[input_class].read(fields)


def _write_input(input: Input, unmeasured: Sequence[str]) -> dict[str, Any]:
    written: dict[str, Any] = _INPUTS[type(input)].write(input)
    if isinstance(input, routes.RouteUpdate) and _detaches(input, unmeasured):
        del written["detach_stats"]
        written["stats"] = None
    return written


def _detaches(update: routes.RouteUpdate, unmeasured: Sequence[str]) -> bool:
    return update.detach_stats and update.stats is None and "stats" not in unmeasured


def _left_out(input: Input, outcome: Outcome, obj: Mapping[str, Any]) -> Iterator[str]:
    """The parts that an outcome leaves out whose effects are not known either."""
    answer = outcome.answer
    natural = NATURAL_ANSWERS.get(type(input))
    if (answer is not None and type(answer) is not natural) or "answer" in obj:
        return
    if outcome.errno is None and type(input) not in WITHOUT_ERRNO:
        yield "errno"
    if outcome.retval is None and not outcome.errno and type(input) in WITH_RETVAL:
        yield "retval"
    if answer is None:
        if natural is not None and not outcome.errno:
            yield "answer"
        return
    for name, unknown in answer_fields(type(answer)).items():
        if unknown is Unseen.NOT_SHOWN and name not in obj:
            yield name


def _read_answer(input: Input, fields: dict[str, Any], unmeasured: Sequence[str]) -> Any:
    if "answer" in unmeasured:
        if fields:
            raise ValueError(f"field {next(iter(fields))!r} beside an unmeasured answer")
        return None
    if "answer" in fields:
        return _read_explicit_answer(fields, unmeasured)
    for name, answer_class in _ENDINGS.items():
        if name in fields:
            if fields.pop(name) is not True:
                raise ValueError(f"{name}: expected true")
            return _ANSWERS[answer_class].read(fields)
    if "absent" in fields:
        fields["why"] = fields.pop("absent")
        return _ANSWERS[outcome.Absent].read(fields)
    if "not_determined" in fields:
        fields["why"] = fields.pop("not_determined")
        return _ANSWERS[outcome.NotDetermined].read(fields)
    answer_class = NATURAL_ANSWERS.get(type(input), types.NoneType)
    is_named = not answer_fields(answer_class).keys().isdisjoint(unmeasured)
    if answer_class in NEVER_NONE or is_named or (fields and answer_class is not types.NoneType):
        answer = _read_fields(answer_class, fields, unmeasured)
        if isinstance(input, sockets.SocketGetAttributes) and answer.buffer is None:
            answer.buffer = Unseen.NOT_SHOWN
        return answer
    if fields:
        raise ValueError(f"unknown field {next(iter(fields))!r}")
    return None


def _is_natural(input: Input, answer: outcome.Answer | None) -> bool:
    """Whether an answer to ``input`` can be read back from the vectors' form."""
    if isinstance(
        answer, outcome.Panicked | outcome.TypeConfused | outcome.Absent | outcome.NotDetermined
    ):
        return True
    answer_class = NATURAL_ANSWERS.get(type(input))
    if answer is None:
        return answer_class not in NEVER_NONE
    if type(answer) is not answer_class:
        return False
    if isinstance(answer, outcome.AttributesAnswer):
        unseen = Unseen.NOT_SHOWN if isinstance(input, sockets.SocketSetAttributes) else None
        return answer.buffer is not unseen
    return True


def _write_answer(answer: outcome.Answer | None) -> dict[str, Any]:
    match answer:
        case None:
            return {}
        case outcome.Panicked():
            return {"panic": True}
        case outcome.TypeConfused():
            return {"type_confusion": True, **_ANSWERS[outcome.TypeConfused].write(answer)}
        case outcome.Absent():
            return {"absent": answer.why}
        case outcome.NotDetermined():
            return {"not_determined": answer.why}
        case outcome.AttributesAnswer(buffer=Unseen.NOT_SHOWN):
            return _write_fields(dataclasses.replace(answer, buffer=None))
        case _:
            return _write_fields(answer)


def _read_explicit_answer(fields: dict[str, Any], unmeasured: Sequence[str]) -> Any:
    explicit = fields.pop("answer")
    if fields:
        raise ValueError(f"unknown field {next(iter(fields))!r} beside 'answer'")
    if explicit is None:
        return None
    if not isinstance(explicit, dict):
        raise ValueError(f"answer: expected an object or null, not {json_type_name(explicit)}")
    rest = dict(explicit)
    kind = rest.pop("kind", None)
    answer_class = _ANSWER_NAMES.get(kind) if isinstance(kind, str) else None
    if answer_class is None:
        raise ValueError(f"answer: unknown kind {kind!r}")
    not_shown = rest.pop("not_shown", False)
    answer = _read_fields(answer_class, rest, unmeasured)
    if not_shown is True and isinstance(answer, outcome.AttributesAnswer):
        answer.buffer = Unseen.NOT_SHOWN
    elif not_shown is not False:
        raise ValueError("answer: not_shown: expected true, with attributes")
    return answer


def _write_explicit_answer(answer: outcome.Answer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    written = {"kind": type(answer).__name__, **_write_answer(answer)}
    if isinstance(answer, outcome.AttributesAnswer) and answer.buffer is Unseen.NOT_SHOWN:
        written["not_shown"] = True
    return written


def _read_fields(answer_class: type, fields: dict[str, Any], unmeasured: Sequence[str]) -> Any:
    fields = _with_unmeasured(answer_class, fields, unmeasured)
    if answer_class is outcome.AttributesAnswer:
        stored = fields.pop("attributes", None)
        if not isinstance(stored, dict):
            raise ValueError(f"attributes: expected an object, not {json_type_name(stored)}")
        if not {"domain", "account"} <= stored.keys() <= {*ATTRIBUTES}:
            raise ValueError("attributes: expected 'domain' and 'account'")
        fields = {**fields, **stored}
    return _ANSWERS[answer_class].read(fields)


def _with_unmeasured(
    answer_class: type, fields: dict[str, Any], unmeasured: Sequence[str]
) -> dict[str, Any]:
    """The JSON fields of an answer, with the value of those that are unmeasured."""
    unknown = {
        name: _JSON_OF_UNKNOWN.get(value, value)
        for name, value in answer_fields(answer_class).items()
        if name in unmeasured and name not in fields and value is not Unseen.NOT_SHOWN
    }
    if answer_class is outcome.AttributesAnswer:
        stored = {name: unknown.pop(name) for name in ATTRIBUTES if name in unknown}
        if stored and isinstance(fields.get("attributes", {}), dict):
            unknown["attributes"] = {**stored, **fields.get("attributes", {})}
    return {**fields, **unknown} if unknown else fields


def _write_fields(answer: outcome.Answer) -> dict[str, Any]:
    written: dict[str, Any] = _ANSWERS[type(answer)].write(answer)
    if isinstance(answer, outcome.AttributesAnswer):
        written["attributes"] = {name: written.pop(name) for name in ATTRIBUTES if name in written}
    return written


def _leave_out_unmeasured(written: dict[str, Any]) -> None:
    for field in ("beyond_vectors", "route_statistics"):
        written.pop(field, None)
    if "type_confusion" in written:
        written.pop("function", None)
        written.pop("would_corrupt", None)
    if "effects" in written:
        written["effects"] = [
            {
                name: value
                for name, value in effect.items()
                if name not in _UNMEASURED[effect["kind"]]
            }
            for effect in written["effects"]
        ]


def _effect_shape(name: str, effect_class: type) -> Shape:
    shape = object_shape(effect_class, omit_defaults=False)
    if effect_class is effects.AgentMessage:
        shape = _agent_message_shape()

    def write(effect: object) -> dict[str, Any]:
        return {"kind": name, **shape.write(effect)}

    return Shape(shape.name, shape.readers, {effect_class: write})


def _agent_message_shape() -> Shape:
    """The shape of an agent message: with the fields of its delivery among its own.

    Which of them there are tells whether the agent is a process's or the kernel's.
    """
    message = object_shape(effects.AgentMessage, omit_defaults=False)
    control = object_shape(effects.ControlSocketMessage, omit_defaults=False)
    kernel = object_shape(effects.KernelAgentMessage, omit_defaults=False)
    own = {"agent", "type", "client_id", "errno"}

    def read(value: dict[str, Any]) -> effects.AgentMessage:
        delivery_fields = {name: member for name, member in value.items() if name not in own}
        answer = message.read({name: value[name] for name in value if name in own})
        assert isinstance(answer, effects.AgentMessage)
        if delivery_fields:
            is_kernel = "nexus_parameters" in delivery_fields or "wants_results" in delivery_fields
            answer.delivery = (kernel if is_kernel else control).read(delivery_fields)
        return answer

    def write(value: effects.AgentMessage) -> dict[str, Any]:
        written = message.write(value)
        assert isinstance(written, dict)
        written.update(written.pop("delivery", {}))
        return written

    return Shape(message.name, {dict: read}, {effects.AgentMessage: write})


def _effects_shape() -> Shape:
    shapes = {
        name: _effect_shape(name, effect_class)
        for name, effect_class in effects.EFFECT_NAMES.items()
    }
    writers = {
        effect_class: shapes[name].writers[effect_class]
        for name, effect_class in effects.EFFECT_NAMES.items()
    }

    def read(value: list[Any]) -> tuple[Any, ...]:
        found = []
        for position, member in enumerate(value):
            kind = member.get("kind") if isinstance(member, dict) else None
            shape = shapes.get(kind) if isinstance(kind, str) else None
            if shape is None:
                raise ValueError(f"[{position}]: unknown effect {kind!r}")
            rest = {name: content for name, content in member.items() if name != "kind"}
            try:
                found.append(shape.read(rest))
            except ValueError as error:
                raise ValueError(f"[{position}]: {kind}: {error}") from error
        return tuple(found)

    def write(value: tuple[effects.Effect, ...]) -> list[Any]:
        return [writers[type(effect)](effect) for effect in value]

    return Shape("a list of effects", {list: read}, {tuple: write})


ATTRIBUTES: Final = ("domain", "account", "domain_owner", "tracker_domain", "domain_context")
"""The attributes of a socket, which the JSON form has in an object of their own."""
_INTEGER: Final = shape_of(int, omit_defaults=False)
_UUIDS: Final = shape_of(tuple[bytes, ...], omit_defaults=False)
_NAMES: Final = shape_of(tuple[str, ...], omit_defaults=False)
_EFFECTS: Final = _effects_shape()
_INPUTS: Final[dict[type, Shape]] = {
    input_class: object_shape(input_class, omit_defaults=True)
    for input_class in INPUT_NAMES.values()
}
_ANSWERS: Final[dict[type, Shape]] = {
    answer_class: object_shape(answer_class, omit_defaults=False)
    for answer_class in get_args(outcome.Answer)
}
_ANSWER_NAMES: Final[dict[str, type]] = {cls.__name__: cls for cls in _ANSWERS}
_JSON_OF_UNKNOWN: Final[Mapping[Any, Any]] = {b"": "", (): []}
_ENDINGS: Final[dict[str, type]] = {
    "panic": outcome.Panicked,
    "type_confusion": outcome.TypeConfused,
}
_WITHOUT_EFFECTS: Final = frozenset({snapshot.Snapshot, outcome.TypeConfused})
"""Answers with which vectors leave out ``effects`` if it is empty."""
_UNMEASURED: Final[dict[str, frozenset[str]]] = {
    name: frozenset(field.name for field in dataclasses.fields(effect_class) if not field.compare)
    for name, effect_class in effects.EFFECT_NAMES.items()
}
"""The fields of each effect that vectors do not measure."""

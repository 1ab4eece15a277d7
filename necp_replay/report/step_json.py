"""What stepping through a trace shows, as JSON: one line for each command."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from necp_replay.explain.explanation import RecordExplanation, ResultChange
from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.report.diff_json import DifferenceObject, difference_object
from necp_replay.report.explain_json import explanation_object
from necp_replay.report.json_schema import Count, Ordinal
from necp_replay.report.json_text import json_line
from necp_replay.report.show_json import ShownRecordObject, record_object
from necp_replay.report.state_json import (
    StateNodeObject,
    StatePlaceObject,
    state_node,
    state_place,
)
from necp_replay.stepping.session import (
    Answer,
    Compared,
    Explained,
    PlaceShown,
    Session,
    StateShown,
)
from necp_replay.stepping.stepper import Look
from necp_replay.stepping.what_if import WhatIf
from necp_replay.tools.selected import SelectedRecord


class EvaluatedObject(TypedDict):
    """A client whose result the record changed."""

    client: str
    process: str
    outcome: str
    change: Annotated[str, ResultChange]


class StepPlaceObject(TypedDict):
    """The record of the place, with the outcome of the engine; null before the first record.

    ``differing`` is where the recorded outcome is different, expected being the recorded one.
    ``changed`` is what the record changed in the state: expected is before, actual after.
    ``down_at`` is the record that took the modelled system down, null where it is up.
    """

    record: ShownRecordObject | None
    differing: list[DifferenceObject]
    changed: list[DifferenceObject]
    evaluated: list[EvaluatedObject]
    down_at: Ordinal | None


class WhatIfCauseObject(TypedDict):
    """A record that differs, and follows from no earlier one; null is the final state.

    In ``fields`` expected is as it is, and actual with the edits. ``followers`` counts the records
    that differ because of it.
    """

    record: Ordinal | None
    title: str
    kind: str
    fields: list[DifferenceObject]
    followers: Count


class WhatIfObject(TypedDict):
    """What the edits change, from record ``first`` on.

    ``differing`` counts the records that differ. ``more_causes`` counts the causes that are not in
    ``causes``. After record ``same_after`` both states are the same again; null if they are not.
    ``damage`` says why the rest of the trace could not be read.
    """

    first: Ordinal
    compared: Count
    differing: Count
    causes: list[WhatIfCauseObject]
    more_causes: Count
    same_after: Count | None
    final_state_differs: bool
    damage: str | None


class StepDocument(TypedDict):
    """What a command showed. Members that it did not show are null.

    ``number`` is the record after which the place is, 0 before the first. ``edits`` are in force.
    """

    schema_version: Literal[1]
    command: str
    number: Count
    records: Count | None
    edits: list[str]
    note: str | None
    place: StepPlaceObject | None
    state: list[StateNodeObject] | None
    places: list[StatePlaceObject] | None
    explanation: RecordExplanation | None
    what_if: WhatIfObject | None


def step_json(command: str, answer: Answer, session: Session) -> str:
    """The answer to a command, in one line."""
    history = session.history
    document: dict[str, Any] = {
        "schema_version": 1,
        "command": command,
        "number": history.number,
        "records": history.records(),
        "edits": [edit.text for edit in session.edits],
        "note": None,
        "place": None,
        "state": None,
        "places": None,
        "explanation": None,
        "what_if": None,
    }
    match answer:
        case PlaceShown(look, note):
            document["note"] = note
            document["place"] = _place(look, session)
        case StateShown(_, nodes, places):
            document["state"] = None if nodes is None else [state_node(node) for node in nodes]
            document["places"] = None if places is None else [state_place(each) for each in places]
        case Explained(explanation):
            document["explanation"] = explanation_object(explanation)
        case Compared(result):
            document["what_if"] = _what_if(result)
    return json_line(document)


def _place(look: Look, session: Session) -> StepPlaceObject:
    record = None
    if look.moment is not None:
        selected = SelectedRecord(look.number, look.clock_ns, look.moment.step, look.moment.outcome)
        record = record_object(selected, session.history.names)
    return {
        "record": record,
        "differing": [difference_object(field) for field in look.differing],
        "changed": [difference_object(field) for field in look.changed],
        "evaluated": [
            {
                "client": client.client,
                "process": client.process,
                "outcome": client.outcome,
                "change": client.change.value,
            }
            for client in look.evaluated
        ],
        "down_at": look.down_at,
    }


def _what_if(result: WhatIf) -> WhatIfObject:
    return {
        "first": result.first + 1,
        "compared": result.compared,
        "differing": result.differing,
        "causes": [_cause(difference) for difference in result.causes],
        "more_causes": result.more_causes,
        "same_after": result.same_after,
        "final_state_differs": result.final_state_differs,
        "damage": result.damage,
    }


def _cause(difference: RecordDifference) -> WhatIfCauseObject:
    return {
        "record": difference.record,
        "title": difference.title,
        "kind": difference.kind,
        "fields": [difference_object(field) for field in difference.fields],
        "followers": difference.chain.followers,
    }

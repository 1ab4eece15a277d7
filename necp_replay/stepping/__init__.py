"""Steps through a trace: forward, back, to what is searched for, and "what if it were otherwise".

- ``stepper.py``: the place in the trace, what its record changed in the state, what it evaluated.
- ``goals.py``: what a search looks for: a wake-up, an error, a change, a difference, a selection.
- ``edits.py``: one change of the past: another fact, a record dropped, a field set, a policy gone.
- ``parse_edit.py``: edits from what people type; ``buffer_edit.py`` changes TLVs inside buffers.
- ``what_if.py``: replays the rest of the trace with edits beside the rest without them.

It imports the places of ``history``, ``explain``, the selection of ``tools``, and how outcomes are
compared. Commands and reports import it. Start reading at ``stepper.py``, then ``what_if.py``.

    with StateHistory(path, machine=ObservedMachine) as history:
        stepper = Stepper(history)
        stepper.forward(3)
        stepper.look().changed               # what record 3 changed in the state
        edits = [Drop(3, stepper.look().title)]
        what_if(history, edits).causes    # what would be different without record 3
"""

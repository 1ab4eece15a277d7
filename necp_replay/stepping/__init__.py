"""Steps through a trace: forward, back, searches, and "what if" an earlier record were edited.

- ``stepper.py``: the place in the trace, what its record changed in the state, what it evaluated.
- ``goals.py``: the goals of a search: a wake-up, an error, a change, a difference, a selection.
- ``edits.py``: edits: another fact, a record left out, a field set, a policy removed.
- ``parse_edit.py``: reads edits that people type; ``buffer_edit.py`` changes TLVs inside buffers.
- ``what_if.py``: replays the rest of the trace with and without edits, and compares.

It imports the places of ``history``, ``explain``, the selection of ``tools``, and how outcomes are
compared. Commands and reports import it. Start reading at ``stepper.py``, then ``what_if.py``.

    with StateHistory(path, machine=ObservedMachine) as history:
        stepper = Stepper(history)
        stepper.forward(3)
        stepper.look().changed               # what record 3 changed in the state
        edits = [Drop(3, stepper.look().title)]
        what_if(history, edits).causes    # what would be different without record 3
"""

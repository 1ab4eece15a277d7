"""The vocabulary: everything that can happen to the kernel, and what it returns.

Inputs, effects, answers and snapshots are plain data classes. Their field names are the kernel's
(and those of the conformance vectors), so an event reads the same in a trace, in JSON and in the
engine. The package may import only `abi`; every other package may import it.

Start with `inputs`: `Input` is the union of all inputs, and a `Step` is one with the ids and the
time that belong to it. `outcome.Outcome` is what a step gave back, with `effects`. `references`
says which field names which client, socket or fd; `json_form` is the JSON form; `equality` compares
outcomes.

    step = Step(NecpOpen(pid=100), now_ns=2_000_000_000)
    outcome = Outcome(errno=0, retval=3)
"""

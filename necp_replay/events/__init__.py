"""The vocabulary: everything that can happen to the kernel, and what each happening gave back.

Inputs are plain data classes, grouped by family; :data:`necp_replay.events.inputs.Input` is their
closed union. Field names are the kernel's (and those of the conformance vectors), so an event reads
the same in a trace, in JSON and in the engine.
"""

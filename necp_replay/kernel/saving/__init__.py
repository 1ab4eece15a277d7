"""Saving the state of a machine as bytes, restoring it, and making a second machine of it.

Theory of operation
-------------------

**Idea.** The state is a graph of objects: records of ``objects``, and the tables of each part. A
closed table (``classes.py``, ``policy_classes.py``) names the classes and says of each field what
it holds. A graph is written as *rows*: each object has one, with the number of its class and its
fields. Where a field holds an object, its row has the number of that object's row. So what is
shared stays shared, and circles are no trouble. Lists, sets and dictionaries are written in place,
because no two objects of the engine share one.

**What is saved.** All that a later outcome, snapshot or timer depends on. Caches are not: they are
empty afterwards, and outcomes are the same. Nor is what follows from the profile or from other
fields, nor what belongs to the input that was handled last, but for the ids that it did not use.

**Values.** Some objects are told from others by their content alone, and never change: parsed
parameters, for one. Equal ones have one row, whether or not they were one object before.

**The same bytes.** Equal states give equal bytes, on every machine and every Python: rows are
numbered as the graph is walked from its root, dictionaries keep their order, sets are sorted, and
numbers are text. So bytes can be compared in place of states.

**Bytes from strangers.** Reading makes no objects but those of the table, calls nothing but their
constructors, checks the type of each field, and takes memory in proportion to the bytes. It raises
SavedStateError for all else. A state that was forged within these rules is not found out: replaying
the trace is what proves a state.

**Cost.** One step for each field that is not a number. ``fork`` skips the bytes.

It imports every class that is saved, so only the machine imports it. Start reading at ``form.py``.
That the table has every field of every class is checked by the tests.

    state = machine.save()
    other = Machine.restore(machine.profile, state)
"""

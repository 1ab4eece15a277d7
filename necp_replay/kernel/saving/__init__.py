"""Saving the state of a machine as bytes, restoring it, and making a second machine of it.

Theory of operation
-------------------

**Idea.** The state is a graph of objects: records of ``objects``, and the tables of each part. A
closed table (``classes.py``, ``policy_classes.py``) names the classes and says of each field what
it holds. A graph is written as *rows*: each object has one, with the number of its class and its
fields. For a field that holds an object, the row has the number of that object's row. So shared
objects stay shared, and cycles can be written. Lists, sets and dictionaries are written in place,
because no two objects of the engine share one.

**What is saved.** All that a later outcome, snapshot or timer depends on. Caches are not: they are
empty afterwards, and outcomes are the same. What follows from the profile or from other fields is
not saved either. Of the input that was handled last, only the ids that it did not use are saved.

**Values.** Some objects never change and have no identity, such as parsed parameters. Equal ones
have one row, whether or not they were the same object before.

**The same bytes.** Equal states give equal bytes, on every machine and every Python: rows are
numbered as the graph is walked from its root, dictionaries keep their order, sets are sorted, and
numbers are text. So bytes can be compared instead of states.

**Bytes from strangers.** Reading makes no objects but those of the table, calls nothing but their
constructors, checks the type of each field, and takes memory in proportion to the bytes. It raises
SavedStateError for anything else. It does not detect a state that was forged within these rules:
only replaying the trace proves that a state is right.

**Cost.** One step for each field that is not a number. ``fork`` skips the bytes.

It imports every class that is saved, so only the machine imports it. Start reading at ``form.py``.
Tests check that the table has every field of every class.

    state = machine.save()
    other = Machine.restore(machine.profile, state)
"""

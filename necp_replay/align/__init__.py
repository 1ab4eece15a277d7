"""Aligns two sequences of anything, however long, and compares entries up to a renaming of ids.

Start with ``sequences.py``, whose docstring explains how an alignment is found. Imports nothing of
this project, and knows nothing of what the entries are::

    for edit in align(left, right, comparator):
        if edit.move is not Move.MATCH:
            print(edit.move, edit.left, edit.right)
"""

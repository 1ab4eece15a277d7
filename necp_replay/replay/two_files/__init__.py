"""Two files compared as they are, traces or goldens: what ``diff A B`` does.

Start with ``diff.py``. Records are aligned up to a renaming of their generated ids
(``records.py``, ``canonical_form.py``); ``comparison.py`` holds what was found.

    necp-replay diff before.necptrace after.necptrace

May import what ``replay`` may; ``report`` and the commands import it.
"""

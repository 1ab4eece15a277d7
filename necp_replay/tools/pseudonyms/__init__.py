"""Pseudonyms for everything in a trace that identifies people: names, ids, domains, addresses.

Start with ``names.py``: a collector first goes through a trace and notes every name in it, then
``Pseudonyms`` gives each a value in its place. ``events.py`` says where names are in inputs and
outcomes, ``keyed.py`` derives values from a secret key, ``addresses.py`` keeps prefixes together::

    keyed = Keyed.from_seed(1)
    keyed.digest(b"domain", b"example.com")

It may import what ``tools`` may. ``tools/anonymize.py`` uses it.
"""

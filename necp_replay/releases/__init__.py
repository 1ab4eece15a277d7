"""What differs between XNU releases: named facts, and the lineage of releases with their values.

A fact is one behaviour in which releases differ. It is declared once, in ``facts/``, with its
type, its title, the upstream function and what each value means. A profile holds a value for every
fact. A release states its parent and only the facts that it changed. The kernel asks the profile
for facts and never compares releases.

May import: ``abi`` and ``errors``. Start reading at ``fact.py``, then ``lineage.py``.

>>> from necp_replay.releases.names import find_release
>>> find_release("macos-10.13.4").remove_unknown_client_is_error
True
"""

"""A client's result: the TLVs that tell a process where the traffic of a client would go.

A result is stored in a buffer of 512 bytes in the client. ``update.py`` is the place to start
reading: ``update_client_result`` makes the result anew whenever something that it depends on may
have changed. It has two steps.

1. ``evaluate_client.py`` evaluates the parameters. Clients of a process that have the same
   parameters share the answer, which is cached.
2. ``update.py`` adds what belongs to one client or its fd. ``tlv_writer.py`` then stores the TLVs
   and finds out whether anything changed.

``tlvs.py`` has one function for each group of TLVs, in the kernel's order. ``interfaces.py`` and
``listed_agents.py`` choose the interfaces and agents that a result lists. ``defunct.py`` tells the
nexuses of clients that a policy newly drops.

The package imports ``abi``, the state and the objects, ``policy``, ``parameters``, ``flows``,
``agents`` and ``clients``. Client actions, notifications and the update timer import it.

    >>> from necp_replay.kernel.results.tlvs import start_tlvs
    >>> start_tlvs(0x20, client_id=bytes(16), routing_result=1)[:10].hex(" ")  # FLAGS, CLIENT_ID
    '07 04 00 00 00 20 00 00 00 01'
"""

"""The flows of a client: how they are added, evaluated, called back and freed.

A flow is one path of a client's traffic. There are three kinds:

- A **socket flow**: a socket that was registered with the client (``sockets/socket_flows.py``).
- An **interface flow**: one for each interface that a multipath client may use
  (``interface_flows.py`` finds these).
- A **nexus flow**: one that an agent provides (``nexus_flows.py``). The published source has no
  code that adds one, so an input adds it.

Releases differ in how clients have flows. ``flow_rules.py`` is the interface that everything else
asks, ``direct.py`` and ``registered.py`` are what stands behind it, and ``choose.py`` takes the one
of the release: one list of flows for each client, or registrations with ids of their own, each with
a list (``make_registration.py`` makes one by an input).

When a client is evaluated, each flow is evaluated too: with the client's parameters, on the flow's
interface (``viability.py``). The owner of a flow that changed is called back. A flow that is not
viable any more is freed, unless it was requested or something is assigned to it (``update.py``).
``assign_message.py`` makes the TLVs that tell the process what was assigned to a flow.

Imports objects, the state, ``parameters`` and ``policy``. Start reading at ``update.py``.

    >>> from necp_replay.kernel.flows.assign_message import create_nexus_assign_message
    >>> create_nexus_assign_message(bytes(16), 0, None, 0, None, None, flow_adv_index=7).hex()
    '670400000007000000'
"""

"""Network agents: how they register, and the messages between them and the kernel.

A network agent offers clients something that it can bring up on demand: a VPN, or a nexus (a
channel from the kernel to a process). It is a daemon that is connected by a control socket, or a
part of the kernel, called a kernel agent. The steps, in order:

1. The agent opens a session (``sessions.py``). A session has at most one agent.
2. It registers ``struct netagent``: a uuid, a domain and a type, flags, and data that the kernel
   does not look at (``register.py``). The registry puts it at the head of its list, the update
   timer is armed, and a kernel event is posted.
3. Policies, interfaces and clients name the agent by its uuid. Whoever needs its flags, generation,
   names or contents looks it up (``lookup.py``).
4. A client triggers the agent, asserts that it needs it, or requests a nexus, and the agent gets a
   message (``client_messages.py``, ``delivery.py``). A trigger is remembered until the agent
   updates. A process can also trigger it by system call (``trigger.py``).
5. The agent answers. It updates its registration, with the flag ACTIVE, say (``update.py``). It
   assigns results to a client's flow, or reports a protocol event for it (``assign_nexus.py``).
   An update that changes something has every client evaluated, and forgets the triggers. One that
   changes nothing tells the clients that triggered.
6. It unregisters, or its session closes (``unregister.py``).

A daemon registers, updates, assigns and unregisters in two ways: by a socket option, whose errno is
the answer, or by a message, which is answered with a message (``responses.py``). A kernel agent
calls a function. The three ways have different checks, and share the rest.

May be imported by every other part. Imports objects, the state, ``notifications`` (for what an
agent tells clients) and ``update_timer``. Start reading at ``register.py``; ``handle.py`` finds the
function for an input.

    >>> from necp_replay.events.agents import NetagentRegister
    >>> from necp_replay.events.inputs import Step
    >>> from necp_replay.kernel.machine import Machine
    >>> from necp_replay.releases.lineage import RELEASES
    >>> machine = Machine(RELEASES["xnu-4570.51.1"])
    >>> outcome = machine.submit(Step(NetagentRegister("vpn", uuid=b"A" * 16, domain=b"VPN")))
    >>> [type(effect).__name__ for effect in outcome.effects]
    ['TimerArmed', 'KernelEvent']
"""

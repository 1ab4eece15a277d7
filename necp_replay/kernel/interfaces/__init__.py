"""Network interfaces: the kernel's lists of them, what kind each one is, and their changes.

- ``table.py``: all interfaces, by index, by name and in the order of preference; and their
  addresses. The rest of the kernel looks interfaces up here.
- ``functional_type.py``: whether an interface counts as Wi-Fi, cellular, wired, expensive.
- ``change.py``, ``agents.py``: what an input changes about an interface. ``handle.py`` finds the
  function for an input.

Drivers and daemons change interfaces in many ways. The model does not follow them: an input says
what the fields are afterwards. It follows the kernel where a change has an effect on NECP: the
ordered list, agents, and addresses.

Imports objects, the state and ``update_timer``, and from ``agents`` the kernel events. Start
reading at ``table.py``.

    >>> from necp_replay.events.inputs import Step
    >>> from necp_replay.events.interfaces import IfaceAttach
    >>> from necp_replay.kernel.machine import Machine
    >>> from necp_replay.releases.lineage import RELEASES
    >>> machine = Machine(RELEASES["xnu-4570.51.1"])
    >>> machine.submit(Step(IfaceAttach(4, "en0", functional_type=3))).answer
    InterfaceAnswer(functional_type=3)
"""

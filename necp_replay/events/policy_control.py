"""The NECP kernel control, the older way to a policy session, as events.

``com.apple.net.necp_control`` is a control socket. A process connects to it, sends messages that
add and apply policies, and reads replies. The kernel's replies are not modelled as outcomes.
"""

from __future__ import annotations

from necp_replay.dataclass import dataclass


@dataclass(slots=True)
class NecpCtlOpen:
    """A process connects to the kernel control under the name ``session``; EEXIST if it is open."""

    pid: int
    session: str


@dataclass(slots=True)
class ControlTlv:
    """One TLV of a message, packed as the control reads it."""

    type: int
    value: bytes


@dataclass(slots=True)
class NecpCtlSend:
    """A message to the kernel control: ``type`` and TLVs, or the whole message as ``hex``."""

    pid: int
    session: str
    type: int = 0
    tlvs: tuple[ControlTlv, ...] = ()
    hex: bytes | None = None


@dataclass(slots=True)
class NecpCtlClose:
    """The process closes the control socket, which ends the policy session."""

    pid: int
    session: str

"""The handle to a connection with the NECP kernel control, the older way to policies."""

from __future__ import annotations

from necp_replay.abi.policy import PolicyTlv, SessionAction
from necp_replay.dataclass import dataclass
from necp_replay.events import policy_control
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.submit import CallingProcess


@dataclass(frozen=True, slots=True, repr=False)
class PolicyControlHandle:
    """A control socket, known by the name that the scenario gave it.

    Replies are not part of an outcome. Log records tell whether a message was refused.
    """

    process: CallingProcess
    session: str

    def __repr__(self) -> str:
        return f"<policy control {self.session} of process {self.process.pid}>"

    def send(self, action: int, *tlvs: tuple[int, bytes]) -> CallAnswer:
        """Send a message: the number of a session action, and pairs of a TLV type and bytes."""
        items = tuple(policy_control.ControlTlv(type_, value) for type_, value in tlvs)
        return self.process.submit(
            policy_control.NecpCtlSend(self.process.pid, self.session, action, items)
        )

    def send_bytes(self, message: bytes) -> CallAnswer:
        """Send a whole message as it is, header included."""
        return self.process.submit(
            policy_control.NecpCtlSend(self.process.pid, self.session, hex=message)
        )

    def add_policy(self, order: int, result: bytes, *conditions: bytes) -> CallAnswer:
        """POLICY_ADD with an order, a result and conditions, each as packed bytes."""
        return self.send(
            SessionAction.POLICY_ADD,
            (PolicyTlv.POLICY_ORDER, order.to_bytes(4, "little")),
            (PolicyTlv.POLICY_RESULT, result),
            *((PolicyTlv.POLICY_CONDITION, condition) for condition in conditions),
        )

    def apply_all(self) -> CallAnswer:
        """POLICY_APPLY_ALL: the policies take effect."""
        return self.send(SessionAction.POLICY_APPLY_ALL)

    def close(self) -> CallAnswer:
        """Close the control socket; the policies of its session go."""
        return self.process.submit(policy_control.NecpCtlClose(self.process.pid, self.session))

"""The handle to a network agent: the calls that the agent's session makes to the kernel."""

from __future__ import annotations

from typing import Unpack

from necp_replay.dataclass import dataclass
from necp_replay.events import agents, notifications
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.keywords import AgentKeywords
from necp_replay.scenario.submit import SubmitsInputs


@dataclass(frozen=True, slots=True, repr=False)
class AgentHandle:
    """A network agent, known by the name that the scenario gave its session."""

    system: SubmitsInputs
    session: str
    uuid: bytes

    def __repr__(self) -> str:
        return f"<agent {self.uuid.hex()} of session {self.session}>"

    def update(self, **fields: Unpack[AgentKeywords]) -> CallAnswer:
        """Send an update: the fields of the last registration, with these changed."""
        return self.system.submit(agents.NetagentUpdate(self.session, **fields))

    def set_flags(self, flags: int) -> CallAnswer:
        """Update the agent's flags."""
        return self.system.submit(agents.NetagentSetFlags(self.session, flags))

    def unregister(self) -> CallAnswer:
        """Unregister the agent."""
        return self.system.submit(agents.NetagentUnregister(self.session))

    def close(self) -> CallAnswer:
        """Close the agent's session."""
        return self.system.submit(agents.NetagentClose(self.session))

    def fail(self, errno: int) -> CallAnswer:
        """Make messages to the agent fail with this errno; 0 makes them succeed again."""
        return self.system.submit(agents.NetagentFail(self.session, errno))

    def hand_back(self, results: bytes | None) -> CallAnswer:
        """From now on a kernel agent hands results back when it is asked for a nexus."""
        return self.system.submit(agents.NetagentResults(self.session, results))

    def setsockopt(self, opt: int, content: bytes = b"") -> CallAnswer:
        """``setsockopt`` on the agent's control socket with any option and bytes."""
        return self.system.submit(agents.NetagentSetopt(self.session, opt, content))

    def getsockopt(self, opt: int, len: int = 8, *, agent: bytes | None = None) -> CallAnswer:
        """``getsockopt`` on the agent's control socket, reading at most ``len`` bytes.

        In a session for several agents the buffer begins with the id of the ``agent`` that is
        asked about, and ``len`` counts it.
        """
        return self.system.submit(agents.NetagentGetopt(self.session, opt, len, agent))

    def send(self, message: bytes) -> CallAnswer:
        """Write any bytes as a message to the agent's control socket."""
        return self.system.submit(agents.NetagentMessage(self.session, message))

    def assign_nexus(
        self, client_id: bytes, results: bytes = b"", *, via: str | None = None
    ) -> CallAnswer:
        """Assign result TLVs to a client's nexus flow; ``via`` chooses how the agent calls."""
        return self.system.submit(
            agents.NetagentAssignNexus(self.session, client_id, results, via=via)
        )

    def assign_client_result(self, client_id: bytes, results: bytes = b"") -> CallAnswer:
        """``necp_assign_client_result``, as the kernel's own agents call it."""
        return self.system.submit(notifications.AssignClientResult(self.uuid, client_id, results))

    def protoctl_event(
        self, client_id: bytes, code: int = 0, val: int = 0, seq: int = 0
    ) -> CallAnswer:
        """Report a protocol-control event of a client's nexus flow, as kernel agents do."""
        return self.system.submit(agents.NetagentProtoctl(self.session, client_id, code, val, seq))

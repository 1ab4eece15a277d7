"""REGISTER_SERVICE: a session says that it provides a service."""

from __future__ import annotations

from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.services import SERVICE_UUID, register_service
from necp_replay.kernel.session_actions.copy import copyin_value
from necp_replay.kernel.session_actions.session_call import SessionCall
from necp_replay.kernel.state import KernelState


def session_register_service(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Register the service whose uuid the process passes, also when it is registered already.

    Errors: EINVAL for a buffer without room, EFAULT.

    Source: necp_session_register_service, xnu-4570.51.1.
    """
    service_uuid = copyin_value(kernel, call, SERVICE_UUID, "necp_session_register_service")

    register_service(kernel, session, service_uuid)

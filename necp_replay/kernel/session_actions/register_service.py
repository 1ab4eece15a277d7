"""REGISTER_SERVICE: registers a service for as long as the session is open."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.policy import SessionAction
from necp_replay.kernel.description import Description
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.services import SERVICE_UUID, register_service
from necp_replay.kernel.session_actions.session_call import (
    SessionCall,
    copyin_value,
    in_buffer_checks,
)
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_LOCK_TO_SERVICES


def session_register_service(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Register the service whose uuid is in the in buffer, even if it is registered already.

    Raises SyscallError: EINVAL for a buffer that is too short; EFAULT.

    Source: necp_session_register_service, xnu-4570.51.1.
    """
    service_uuid = copyin_value(
        kernel, call, SERVICE_UUID, "necp_session_register_service", _CHECKS
    )

    register_service(kernel, session, service_uuid)


_CHECKS: Final = in_buffer_checks("the uuid", 16)

REGISTER_SERVICE: Final = Description(
    subject=SessionAction.REGISTER_SERVICE,
    handler=session_register_service,
    function="necp_session_register_service",
    summary="Registers a service for as long as the session is open.",
    checks=_CHECKS,
    answer="returns 0",
    overwrites=CLIENT_FD_LOSES_LOCK_TO_SERVICES,
)

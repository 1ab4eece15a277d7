"""UNREGISTER_SERVICE: removes a session's registrations of a service."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.policy import SessionAction
from necp_replay.kernel.description import Description
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.services import SERVICE_UUID, unregister_service
from necp_replay.kernel.session_actions.session_call import (
    SessionCall,
    copyin_value,
    in_buffer_checks,
)
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_LOCK_TO_SERVICES


def session_unregister_service(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Remove every registration of the service by this session. It is no error if there is none.

    Raises SyscallError: EINVAL for a buffer that is too short; EFAULT.

    Source: necp_session_unregister_service, xnu-4570.51.1.
    """
    service_uuid = copyin_value(
        kernel, call, SERVICE_UUID, "necp_session_unregister_service", _CHECKS
    )

    unregister_service(kernel, session, service_uuid)


_CHECKS: Final = in_buffer_checks("the uuid", 16)

UNREGISTER_SERVICE: Final = Description(
    subject=SessionAction.UNREGISTER_SERVICE,
    handler=session_unregister_service,
    function="necp_session_unregister_service",
    summary="Takes back all registrations of a service by this session.",
    checks=_CHECKS,
    answer="returns 0",
    overwrites=CLIENT_FD_LOSES_LOCK_TO_SERVICES,
)

"""Services that sessions register, and that policies with a trigger result name."""

from __future__ import annotations

from struct import Struct

from necp_replay.kernel.objects.policy_session import PolicySession, ServiceRegistration
from necp_replay.kernel.state import KernelState

SERVICE_UUID = Struct("<16s")
"""A service as a process passes it: its uuid."""


def register_service(kernel: KernelState, session: PolicySession, service_uuid: bytes) -> None:
    """Register a service for a session.

    Source: necp_session_register_service, xnu-4570.51.1.
    """
    service = ServiceRegistration(kernel.policies.uuid_ids.create_service(service_uuid))
    session.services.insert(0, service)
    kernel.policies.registered_services[service.service_id] += 1


def unregister_service(kernel: KernelState, session: PolicySession, service_uuid: bytes) -> None:
    """Unregister a service of a session. The mapping of the service loses a use in any case.

    Source: necp_session_unregister_service, xnu-4570.51.1.
    """
    uuid_ids = kernel.policies.uuid_ids
    service_id = uuid_ids.service_id_of(service_uuid)
    if service_id == 0:
        return
    others = [service for service in session.services if service.service_id != service_id]
    kernel.policies.registered_services[service_id] -= len(session.services) - len(others)
    session.services = others
    uuid_ids.remove_service(service_uuid)


def drop_services(kernel: KernelState, session: PolicySession) -> None:
    """Unregister all services of a session that is closed. Their mappings keep their uses.

    Source: necp_delete_session, xnu-4570.51.1.
    """
    for service in session.services:
        kernel.policies.registered_services[service.service_id] -= 1
    session.services.clear()

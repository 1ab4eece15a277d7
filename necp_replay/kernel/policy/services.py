"""Services that sessions provide, which trigger results of policies ask for."""

from __future__ import annotations

from struct import Struct

from necp_replay.kernel.objects.policy_session import PolicySession, ServiceRegistration
from necp_replay.kernel.state import KernelState

SERVICE_UUID = Struct("<16s")
"""How a process passes a service."""


def register_service(kernel: KernelState, session: PolicySession, service_uuid: bytes) -> None:
    """Register a service for a session.

    Source: necp_session_register_service, xnu-4570.51.1.
    """
    service = ServiceRegistration(kernel.policies.uuid_ids.create_service(service_uuid))
    session.services.insert(0, service)
    kernel.policies.registered_services[service.service_id] += 1


def unregister_service(kernel: KernelState, session: PolicySession, service_uuid: bytes) -> None:
    """Take back what the session registered; the service's mapping is used once less either way.

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
    """Take back all that a closing session registered; the mappings of the services stay.

    Source: necp_delete_session, xnu-4570.51.1.
    """
    for service in session.services:
        kernel.policies.registered_services[service.service_id] -= 1
    session.services.clear()

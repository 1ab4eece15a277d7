"""Ids for the uuids of applications, services and agents, which are compared instead of uuids."""

from __future__ import annotations

from collections.abc import Iterator

from necp_replay.abi.policy import NULL_SERVICE_ID
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.policy.identifiers import next_identifier
from necp_replay.releases.profile import Profile

_BUCKET_MASK = 63
"""The hash bucket of a uuid is its first byte under this mask: there are 64 buckets."""
_UINT32_MASK = 0xFFFFFFFF
_FIRST_OWN_APP_ID = 0xFFFF
"""``NECP_FIRST_VALID_APP_ID``."""


class UuidMapping:
    """``struct necp_uuid_id_mapping``. The counts are modulo 2**32."""

    __slots__ = ("id", "refcount", "table_refcount", "uuid")

    def __init__(self, uuid: bytes, uuid_id: int, table_refcount: int) -> None:
        self.uuid = uuid
        self.id = uuid_id
        self.refcount = 1
        self.table_refcount = table_refcount


class UuidIds:
    """The uuids of applications, and those of services and agents.

    Their ids are of one sequence. With ``services_have_own_ids`` there are two, and those of
    applications begin at 65535.

    The uuids of applications are also written into the table of executables that policies name.
    ``table_is_dirty`` says that it must be written when policies are applied, and
    ``app_mapping_count`` whether it gets any entries.
    """

    __slots__ = (
        "_app_uuids",
        "_apps",
        "_last_app_id",
        "_last_id",
        "_profile",
        "_service_uuids",
        "_services",
        "app_mapping_count",
        "table_is_dirty",
    )

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._last_app_id = 0
        self._apps: dict[bytes, UuidMapping] = {}
        self._app_uuids: dict[int, bytes] = {}
        self._services: dict[bytes, UuidMapping] = {}
        self._service_uuids: dict[int, bytes] = {}
        self._last_id = 0
        self.app_mapping_count = 0
        self.table_is_dirty = False

    def create_app(self, uuid: bytes) -> int:
        """The id for an application condition, whose uuid belongs into the table.

        Kernel quirk: the table is written only for a new mapping. So an application that a
        real-application condition named before is not written into it. Measured in
        policy/seed003000.

        Source: necp_create_uuid_app_id_mapping, necp_policy_apply, xnu-4570.51.1.
        """
        mapping = self._apps.get(uuid)
        if mapping is None:
            self.table_is_dirty = True
            self.app_mapping_count += 1
            return self._new_app(uuid, table_refcount=1)
        mapping.refcount += 1
        mapping.table_refcount = (mapping.table_refcount + 1) & _UINT32_MASK
        return mapping.id

    def create_real_app(self, uuid: bytes) -> int:
        """The id for a real-application condition, whose uuid does not belong into the table.

        Source: necp_create_uuid_app_id_mapping, necp_policy_apply, xnu-4570.51.1.
        """
        mapping = self._apps.get(uuid)
        if mapping is None:
            return self._new_app(uuid, table_refcount=0)
        mapping.refcount += 1
        return mapping.id

    def remove_app(self, uuid: bytes) -> None:
        """An application condition goes away.

        Kernel quirk: the count of mappings is also decreased for a mapping that a real-application
        condition made, so it can fall below 0. It then says that there are mappings when there are
        none. No trace shows it.

        Source: necp_remove_uuid_app_id_mapping, necp_policy_unapply, xnu-4570.51.1.
        """
        mapping = self._apps.get(uuid)
        if mapping is None:
            return
        mapping.table_refcount = (mapping.table_refcount - 1) & _UINT32_MASK
        if self._release_app(mapping):
            self.table_is_dirty = True
            self.app_mapping_count -= 1

    def remove_real_app(self, uuid: bytes) -> None:
        """A real-application condition goes away.

        Source: necp_remove_uuid_app_id_mapping, necp_policy_unapply, xnu-4570.51.1.
        """
        mapping = self._apps.get(uuid)
        if mapping is not None:
            self._release_app(mapping)

    def app_id_of(self, uuid: bytes) -> int:
        """The id of an application, 0 if it has none (``necp_uuid_lookup_app_id_locked``)."""
        mapping = self._apps.get(uuid)
        return 0 if mapping is None else mapping.id

    def app_uuid_of(self, app_id: int) -> bytes | None:
        """The application with this id (``necp_uuid_lookup_uuid_with_app_id_locked``)."""
        return self._app_uuids.get(app_id)

    def in_table_order(self) -> Iterator[UuidMapping]:
        """Applications in the order in which they are written into the table.

        That is by hash bucket, the last one first, and the newest first in each bucket.

        Source: necp_kernel_socket_policies_update_uuid_table, xnu-4570.51.1.
        """
        newest_first = reversed(self._apps.values())
        return iter(sorted(newest_first, key=lambda mapping: -(mapping.uuid[0] & _BUCKET_MASK)))

    def create_service(self, uuid: bytes) -> int:
        """The id of a service or an agent. The all-zero uuid always has the id 1.

        Source: necp_create_uuid_service_id_mapping, xnu-4570.51.1.
        """
        if uuid == ZERO_UUID:
            return NULL_SERVICE_ID
        mapping = self._services.get(uuid)
        if mapping is not None:
            mapping.refcount += 1
            return mapping.id
        mapping = UuidMapping(uuid, self._new_id(), table_refcount=0)
        self._services[uuid] = mapping
        self._service_uuids[mapping.id] = uuid
        return mapping.id

    def remove_service(self, uuid: bytes) -> None:
        """A policy or a session no longer needs a service or an agent.

        Kernel quirk: the use is counted off the *application* with this uuid, which can lose its
        id by it. Services keep their ids for ever. No trace shows it.

        Source: necp_remove_uuid_service_id_mapping, xnu-4570.51.1.
        """
        mapping = self._apps.get(uuid)
        if uuid != ZERO_UUID and mapping is not None:
            self._release_app(mapping)

    def release_service(self, service_id: int) -> None:
        """A route rule no longer needs an agent. Without users, the agent loses its id.

        Source: necp_remove_uuid_service_id_mapping_with_service_id, xnu-7195.101.1.
        """
        uuid = self._service_uuids.get(service_id)
        if uuid is None:
            return
        mapping = self._services[uuid]
        mapping.refcount -= 1
        if mapping.refcount == 0:
            del self._services[uuid]
            del self._service_uuids[service_id]

    def service_id_of(self, uuid: bytes) -> int:
        """The id of a service, 0 if it has none (``necp_uuid_lookup_service_id_locked``)."""
        if uuid == ZERO_UUID:
            return NULL_SERVICE_ID
        mapping = self._services.get(uuid)
        return 0 if mapping is None else mapping.id

    def service_uuid_of(self, service_id: int) -> bytes | None:
        """The service or agent with this id (``necp_uuid_lookup_uuid_with_service_id_locked``)."""
        if service_id == NULL_SERVICE_ID:
            return ZERO_UUID
        return self._service_uuids.get(service_id)

    def _new_app(self, uuid: bytes, table_refcount: int) -> int:
        mapping = UuidMapping(uuid, self._new_app_id(), table_refcount)
        self._apps[uuid] = mapping
        self._app_uuids[mapping.id] = uuid
        return mapping.id

    def _release_app(self, mapping: UuidMapping) -> bool:
        mapping.refcount -= 1
        if mapping.refcount:
            return False
        del self._apps[mapping.uuid]
        del self._app_uuids[mapping.id]
        return True

    def _new_app_id(self) -> int:
        if not self._profile.services_have_own_ids:
            return self._new_id()
        self._last_app_id = next_identifier(self._last_app_id, first=_FIRST_OWN_APP_ID)
        return self._last_app_id

    def _new_id(self) -> int:
        self._last_id = next_identifier(self._last_id, first=NULL_SERVICE_ID + 1)
        return self._last_id

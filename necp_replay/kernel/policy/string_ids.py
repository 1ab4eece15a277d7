"""Ids for account names, which conditions compare instead of the names."""

from __future__ import annotations

from necp_replay.kernel.policy.identifiers import next_identifier


class StringIds:
    """``necp_account_id_list``: strings with an id and the number of policies that name them.

    Strings are without the zero byte at their end.
    """

    __slots__ = ("_by_string", "_last_id", "_strings")

    def __init__(self) -> None:
        self._by_string: dict[bytes, StringMapping] = {}
        self._strings: dict[int, bytes] = {}
        self._last_id = 0

    def create(self, string: bytes) -> int:
        """Count a use of a string and return its id, which is new if the string is.

        Source: necp_create_string_to_id_mapping, xnu-4570.51.1.
        """
        mapping = self._by_string.get(string)
        if mapping is not None:
            mapping.refcount += 1
            return mapping.id
        self._last_id = next_identifier(self._last_id, first=1)
        self._by_string[string] = StringMapping(self._last_id)
        self._strings[self._last_id] = string
        return self._last_id

    def remove(self, string: bytes) -> None:
        """Count a use off. Without uses, the string loses its id.

        Source: necp_remove_string_to_id_mapping, xnu-4570.51.1.
        """
        mapping = self._by_string.get(string)
        if mapping is None:
            return
        mapping.refcount -= 1
        if mapping.refcount == 0:
            del self._by_string[string]
            del self._strings[mapping.id]

    def id_of(self, string: bytes) -> int:
        """The id of a string, 0 if it has none (``necp_lookup_string_to_id_locked``)."""
        mapping = self._by_string.get(string)
        return 0 if mapping is None else mapping.id

    def string_of(self, string_id: int) -> bytes | None:
        """The string with this id (``necp_lookup_string_with_id_locked``)."""
        return self._strings.get(string_id)


class StringMapping:
    """``struct necp_string_id_mapping``: the id of a string, and the number of its uses."""

    __slots__ = ("id", "refcount")

    def __init__(self, string_id: int) -> None:
        self.id = string_id
        self.refcount = 1

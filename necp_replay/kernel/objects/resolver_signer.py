"""The kernel's key for answers of resolvers, and which answers were signed with it."""

from __future__ import annotations

import hashlib
import hmac
from struct import Struct
from typing import Final

RESOLVER_KEY_BYTES: Final = 32


class ResolverSigner:
    """Makes and checks the tags of resolver answers.

    A tag binds a host name to an address and to the client that asked. A process with a privilege
    has one made (SIGN), and the parameters of a client can carry it (RESOLVER_TAG).

    A kernel takes the key from its random generator at boot, so only a trace that says the key
    (``resolver_key``) knows it; ``key`` is None otherwise. Then no tag is known. Whether one is
    right is still known where the kernel never signed that answer: no tag of it can be right.
    """

    __slots__ = ("_signed", "key")

    def __init__(self) -> None:
        self.key: bytes | None = None
        self._signed: set[bytes] = set()
        """Digests of the answers that were signed with a key that is not known."""

    @property
    def may_be_in_doubt(self) -> bool:
        """Whether there are answers of which it is not known whether a tag is right."""
        return bool(self._signed) and self.key is None

    def sign(self, client_id: bytes, host_name: bytes, address: bytes) -> bytes | None:
        """The 32-byte tag of a host name and an address, a 28-byte union. No port counts.

        None if the key is not known. Source: necp_sign_resolver_answer,
        necp_sign_update_context, xnu-6153.11.26.
        """
        content = _content(client_id, host_name, address)
        if self.key is None:
            self._signed.add(hashlib.sha256(content).digest())
            return None
        return hmac.digest(self.key, content, "sha256")

    def is_right(
        self, tag: bytes, client_id: bytes, host_name: bytes, address: bytes
    ) -> bool | None:
        """Whether the kernel would make this tag; None if that is not known.

        Source: necp_validate_resolver_answer, xnu-6153.11.26.
        """
        content = _content(client_id, host_name, address)
        if self.key is not None:
            return hmac.compare_digest(tag, hmac.digest(self.key, content, "sha256"))
        was_signed = hashlib.sha256(content).digest() in self._signed
        return None if was_signed and len(tag) == hashlib.sha256().digest_size else False


def _content(client_id: bytes, host_name: bytes, address: bytes) -> bytes:
    return b"".join(
        (
            _CONTEXT,
            client_id,
            _LENGTH.pack(len(host_name)),
            host_name,
            _LENGTH.pack(len(address)),
            address[:2] + b"\0\0" + address[4:],
        )
    )


_CONTEXT: Final = b" " * 32 + b"NECP Resolver Binder\0"
"""What every signed content begins with. Its bytes are a part of each tag."""
_LENGTH: Final = Struct("<I")

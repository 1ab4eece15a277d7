"""The kernel's keys for signatures, and what was signed with a key that is not known."""

from __future__ import annotations

import hashlib
import hmac
from struct import Struct
from typing import Final

SIGNING_KEY_BYTES: Final = 32


class Signer:
    """Makes and checks signatures: of answers of resolvers, or of the ids of applications.

    A kernel takes the key from its random generator at boot, so only a trace that says the key
    (``resolver_key``, ``application_id_key``) knows it; ``key`` is None otherwise. Then no
    signature is known. Whether one is right is still known where the kernel never signed that
    content: no signature of it can be right.
    """

    __slots__ = ("_digests", "key")

    def __init__(self) -> None:
        self.key: bytes | None = None
        self._digests: set[bytes] = set()
        """Digests of the contents that were signed with a key that is not known."""

    @property
    def may_be_in_doubt(self) -> bool:
        """Whether there are contents of which it is not known whether a signature is right."""
        return bool(self._digests) and self.key is None

    def sign(self, content: bytes) -> bytes | None:
        """The 32-byte signature of a content. None if the key is not known."""
        if self.key is None:
            self._digests.add(hashlib.sha256(content).digest())
            return None
        return hmac.digest(self.key, content, "sha256")

    def is_right(self, signature: bytes, content: bytes) -> bool | None:
        """Whether the kernel would make this signature; None if that is not known."""
        if self.key is not None:
            return hmac.compare_digest(signature, hmac.digest(self.key, content, "sha256"))
        was_signed = hashlib.sha256(content).digest() in self._digests
        return None if was_signed and len(signature) == hashlib.sha256().digest_size else False


def host_answer_content(client_id: bytes, host_name: bytes, address: bytes) -> bytes:
    """What is signed of a host name and an address, a 28-byte union. No port counts.

    Source: necp_sign_update_context, xnu-6153.11.26.
    """
    parts = (
        *(client_id, _LENGTH.pack(len(host_name)), host_name),
        *(_LENGTH.pack(len(address)), address[:2] + b"\0\0" + address[4:]),
    )
    return _RESOLVER_CONTEXT + b"".join(parts)


def signable_content(client_id: bytes, sign_type: int, data: bytes) -> bytes:
    """What is signed of an answer with a type.

    Source: necp_sign_update_context, xnu-8792.41.9.
    """
    return _RESOLVER_CONTEXT + client_id + _LENGTH.pack(sign_type) + data


def application_id_content(executable: bytes, id_type: int) -> bytes:
    """What is signed of the id of an application.

    Source: necp_sign_application_id_update_context, xnu-10063.101.15.
    """
    return _APPLICATION_CONTEXT + executable + _LENGTH.pack(id_type)


_RESOLVER_CONTEXT: Final = b" " * 32 + b"NECP Resolver Binder\0"
_APPLICATION_CONTEXT: Final = b" " * 32 + b"NECP Application ID\0"
"""What every signed content begins with. Its bytes are a part of each signature."""
_LENGTH: Final = Struct("<I")

"""The key with which the kernel signs answers of resolvers, and the tags that it makes.

A tag binds a host name to an address and to the client that asked. A process with a privilege has
one made (SIGN), and the parameters of a client can carry it (RESOLVER_TAG).

The kernel takes the key from its random generator at boot. Here it is always the same: the one that
the measured kernels were given.
"""

from __future__ import annotations

import hmac
from struct import Struct
from typing import Final


def sign_resolver_answer(client_id: bytes, host_name: bytes, address: bytes) -> bytes:
    """The 32-byte tag of a host name and an address, which is a 28-byte union. No port counts.

    Source: necp_sign_resolver_answer, necp_sign_update_context, xnu-6153.11.26.
    """
    content = b"".join(
        (
            _CONTEXT,
            client_id,
            _LENGTH.pack(len(host_name)),
            host_name,
            _LENGTH.pack(len(address)),
            address[:2] + b"\0\0" + address[4:],
        )
    )
    return hmac.digest(_KEY, content, "sha256")


_KEY: Final = bytes(range(32))
_CONTEXT: Final = b" " * 32 + b"NECP Resolver Binder\0"
"""What every signed content begins with. Its bytes are a part of each tag."""
_LENGTH: Final = Struct("<I")

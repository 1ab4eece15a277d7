"""Facts about what the kernel signs: answers of resolvers, and executables."""

from __future__ import annotations

import enum
from typing import Annotated

from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact


class SignedIdFor(enum.Enum):
    """Who may ask for the signed id of its executable."""

    BROWSER_NETWORKING = "browser networking"
    BROWSER_HOST = "browser host"
    ANYONE = "anyone"


@dataclass(frozen=True, kw_only=True)
class SignatureFacts:
    """What can be signed, and by whom a signature is looked at."""

    signables_have_types: Annotated[
        bool,
        Fact(
            title="What SIGN signs, and what a resolver tag in parameters is",
            function="necp_client_sign, necp_client_parse_parameters",
            meanings={
                False: "a host name and an address; the tag is the signature, and the last of"
                " several counts",
                True: "answers of six types, with exact lengths; the tag is the signature with the"
                " answer, which has to be that of the client, and several tags are EINVAL",
            },
            traces=("answer_signed_in_the_older_form",),
        ),
    ] = False

    sockets_have_resolver_signature: Annotated[
        bool,
        Fact(
            title="The socket option SO_RESOLVER_SIGNATURE",
            function="necp_set_socket_resolver_signature, necp_get_socket_resolver_signature",
            meanings={False: "is unknown: ENOTSUP", True: "keeps up to 4128 bytes"},
            traces=("signature_on_a_socket",),
        ),
    ] = False

    signed_client_id_for: Annotated[
        SignedIdFor,
        Fact(
            title="Who may ask for its signed id with GET_SIGNED_CLIENT_ID",
            function="necp_client_get_signed_client_id",
            meanings={
                SignedIdFor.BROWSER_NETWORKING: "who has the entitlement of a browser's networking,"
                " or PRIV_NET_PRIVILEGED_SOCKET_DELEGATE",
                SignedIdFor.BROWSER_HOST: "who has the entitlement of a browser's host, or"
                " PRIV_NET_PRIVILEGED_SOCKET_DELEGATE",
                SignedIdFor.ANYONE: "everybody",
            },
            traces=("signed_id_of_an_application",),
        ),
    ] = SignedIdFor.BROWSER_NETWORKING

"""SIGN and CLAIM, which releases from xnu-6153 on handle: others refuse the action."""

from necp_replay.abi.client import ClientAction
from necp_replay.abi.client_structs import HOST_NAME_LENGTH, SIGNABLE
from necp_replay.scenario import NecpFdHandle, System, faulting, nowhere, read_only, room
from necp_replay.scenario.addresses import sockaddr

REMOTE = "203.0.113.5:443"
PARENT = bytes([0x11]) * 16
SIGN = ClientAction.SIGN


def sign(system: System) -> None:
    """Signs answers without a host name, whose tags are zeros.

    Source: necp_client_sign, necp_sign_resolver_answer, xnu-6153.11.26; measured in x6153_sign.
    """
    fd = _resolver(system)
    fd.sign(b"", REMOTE, client_id=PARENT)
    fd.sign(b"", "[2001:db8::1]:443", client_id=PARENT)
    fd.sign(b"", REMOTE)


def sign_refused(system: System) -> None:
    """Signs without the privilege, and with answers and buffers of every wrong kind.

    Source: necp_client_sign, xnu-6153.11.26; measured in x6153_sign.
    """
    fd = _resolver(system)
    system.add_process(100).necp_open().sign(b"", REMOTE, client_id=PARENT)
    whole = _answer(0)
    for answer, buffer in (
        (None, room(32)),
        (whole[:19], room(32)),
        (whole, None),
        (whole, room(31)),
        (whole, room(33)),
        (nowhere(), room(32)),
        (whole[:51], room(32)),
        (faulting(52, 20, whole[:20]), room(32)),
        (faulting(52, 48, whole[:48]), room(32)),
        (_answer(1025), room(32)),
        (_answer(1024), room(32)),
        (whole, read_only(bytes(32))),
    ):
        fd.action(SIGN, answer, buffer)
    fd.sign(b"", REMOTE, client_id=PARENT, sign_type=2)


def claim(system: System) -> None:
    """Claims a client that was added for the process: it is not found.

    Source: necp_client_claim, xnu-6153.11.26; measured in x6153_claim.
    """
    adding = system.add_process(100).necp_open()
    client = adding.add(remote=REMOTE, delegated_upid=101)
    system.add_process(101).necp_open().claim(client.client_id)
    client.copy_result()


def claim_refused(system: System) -> None:
    """Claims without a whole id, with an id that cannot be read, and an unknown client.

    Source: necp_client_claim, xnu-6153.11.26; measured in x6153_claim.
    """
    fd = system.add_process(100).necp_open()
    for client_id in (None, bytes(15), faulting(16, 8), bytes(16)):
        fd.claim(client_id)


def _resolver(system: System) -> NecpFdHandle:
    """A process that may sign."""
    return system.add_process(
        65, "mDNSResponder", privileged=["PRIV_NET_VALIDATED_RESOLVER"]
    ).necp_open()


def _answer(host_name_bytes: int) -> bytes:
    """An answer whose host name has this length, and is not there."""
    head = SIGNABLE.pack(PARENT, 1) + sockaddr(REMOTE).ljust(28, b"\0")
    return head + HOST_NAME_LENGTH.pack(host_name_bytes)

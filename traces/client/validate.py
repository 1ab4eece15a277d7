"""VALIDATE, which releases from xnu-8792 on handle: others refuse the action."""

from necp_replay.abi.client import ClientAction
from necp_replay.scenario import NecpFdHandle, System, faulting
from necp_replay.scenario.signables import host_answer

ANSWER = host_answer(bytes([7]) * 16, b"www.example.com", "203.0.113.5:443")


def validate(system: System) -> None:
    """The resolver signs an answer, and asks whether the tag is that of the answer.

    Source: necp_client_validate, xnu-8792.41.9; measured in x8792_sign_types.
    """
    system.set_resolver_key(bytes(range(32)))
    fd = _resolver(system)
    tag = fd.sign_answer(ANSWER).whole_buffer.ljust(32, b"\0")
    fd.validate(tag, ANSWER)
    fd.validate(tag, ANSWER + b"\0")


def validate_refused(system: System) -> None:
    """Calls without the privilege, of another length, and with a tag that cannot be read.

    Source: necp_client_validate, xnu-8792.41.9; measured in x8792_sign_types.
    """
    system.set_resolver_key(bytes(range(32)))
    system.add_process(100).necp_open().validate(bytes(32), ANSWER)
    fd = _resolver(system)
    for tag in (None, bytes(51), bytes(4129), faulting(60, 59)):
        fd.action(ClientAction.VALIDATE, tag, None)


def _resolver(system: System) -> NecpFdHandle:
    """A process that may sign."""
    return system.add_process(
        65, "mDNSResponder", privileged=["PRIV_NET_VALIDATED_RESOLVER"]
    ).necp_open()

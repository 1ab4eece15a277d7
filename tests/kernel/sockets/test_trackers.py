"""Attributes of sockets that tell of trackers."""

from __future__ import annotations

from necp_replay.abi.policy import PolicyTlv as T
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.outcome import AttributesAnswer
from necp_replay.scenario.answers import CallAnswer
from tests.kernel.builders import make_system

NEW, OLD = "xnu-8019.41.5", "xnu-7195.101.1"
OWNER = pack_tlv(T.ATTRIBUTE_DOMAIN_OWNER, b"owner")
TRACKER = pack_tlv(T.ATTRIBUTE_TRACKER_DOMAIN, b"tracker")
CONTEXT = pack_tlv(T.ATTRIBUTE_DOMAIN_CONTEXT, b"context")
DOMAIN = pack_tlv(T.ATTRIBUTE_DOMAIN, b"domain")


def attributes(answer: CallAnswer) -> tuple[bytes | None, ...]:
    found = answer.answer
    assert isinstance(found, AttributesAnswer)
    return found.domain, found.domain_owner, found.domain_context, found.tracker_domain


def test_owner_context_and_tracker_are_attributes_where_the_release_has_them() -> None:
    content = OWNER + TRACKER + CONTEXT + DOMAIN
    socket = make_system(OLD).add_socket("s")
    assert attributes(socket.set_attributes(content)) == (b"domain", None, None, None)
    socket = make_system(NEW).add_socket("s")
    expected = (b"domain", b"owner", b"context", b"tracker")
    assert attributes(socket.set_attributes(content)) == expected


def test_a_context_alone_leaves_the_others() -> None:
    socket = make_system(NEW).add_socket("s")
    socket.set_attributes(DOMAIN + OWNER)
    expected = (b"domain", b"owner", b"context", None)
    assert attributes(socket.set_attributes(CONTEXT)) == expected
    assert attributes(socket.set_attributes(TRACKER)) == (None, None, None, b"tracker")


def test_they_are_read_in_the_order_of_the_kernel() -> None:
    socket = make_system(NEW).add_socket("s")
    socket.set_attributes(TRACKER + CONTEXT + OWNER + DOMAIN)
    found = socket.get_attributes().answer
    assert isinstance(found, AttributesAnswer)
    content = DOMAIN + OWNER + CONTEXT + TRACKER
    assert found.valsize == len(content)
    assert found.buffer == content


def test_options_of_four_attributes_are_read() -> None:
    for release, size, expected in ((OLD, 517, None), (NEW, 1032, b"domain"), (NEW, 1033, None)):
        socket = make_system(release).add_socket("s")
        content = DOMAIN.ljust(size, b"\0")
        assert attributes(socket.set_attributes(content, size))[0] == expected


def test_a_socket_that_is_not_of_ip_loses_the_size_of_the_option() -> None:
    for release, size in ((OLD, 512), (NEW, 0)):
        found = make_system(release).add_socket("u", domain=1).get_attributes(size=512).answer
        assert isinstance(found, AttributesAnswer)
        assert found.valsize == size

"""The resolver tag of parameters, in releases where answers have types."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientParameter, ClientParameterFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario.signables import browse_result, host_answer, service_answer
from tests.kernel.builders import Laptop, log_functions, update
from tests.kernel.client_actions.arguments import shown
from tests.kernel.client_actions.test_signable import resolver

PARENT = b"\x11" * 16
HOST, ADDRESS = b"www.example.com", "198.18.0.1:443"
PARSING = "necp_client_parse_parameters"


def tag_of(laptop: Laptop, answer: bytes) -> bytes:
    return shown(laptop.fd.sign_answer(answer))[1].ljust(32, b"\0") + answer


def outcome(
    laptop: Laptop,
    *tags: bytes,
    domain: bytes | None = HOST + b"\0",
    remote: str | None = ADDRESS,
    parent: bytes | None = PARENT,
) -> tuple[int, int]:
    """How many bytes the result of a client with these tags has, and how often ADD logged."""
    extra = b"".join(pack_tlv(ClientParameter.RESOLVER_TAG, tag) for tag in tags)
    client = laptop.fd.add(domain=domain, remote=remote, parent_id=parent, extra=extra)
    assert client.added is not None
    logs = [each for each in log_functions(client.added) if each == PARSING]
    copied = client.copy_result()
    assert copied.errno == 0
    return copied.retval or 0, len(logs)


def test_a_tag_of_this_client_or_of_everybody_is_accepted() -> None:
    laptop = resolver()
    for answer in (
        host_answer(PARENT, HOST, ADDRESS),
        host_answer(bytes(16), HOST, ADDRESS, is_system=True),
        host_answer(PARENT, b"", "198.18.0.1:0"),
        browse_result(PARENT, b"printer"),
        service_answer(PARENT, b"printer", b"printer.local", 631),
    ):
        length, logs = outcome(laptop, tag_of(laptop, answer))
        assert (length > 0, logs) == (True, 0)


OTHER_ID = b"\x22" * 16
WRONG = {
    "for another client": host_answer(OTHER_ID, HOST, ADDRESS),
    "of another name": host_answer(PARENT, b"example.com", ADDRESS),
    "of another kind of address": host_answer(PARENT, HOST, "[2001:db8::1]:443"),
    "of another port": host_answer(PARENT, HOST, "198.18.0.1:80"),
    "of another address": host_answer(PARENT, HOST, "198.18.0.2:443"),
}


@pytest.mark.parametrize("answer", WRONG.values(), ids=WRONG.keys())
def test_a_tag_that_is_not_that_of_the_parameters_leaves_an_empty_result(answer: bytes) -> None:
    laptop = resolver()
    tag = tag_of(laptop, answer)
    assert outcome(laptop, tag)[0] == 0


def test_a_tag_is_refused_that_is_too_short_or_was_not_signed_or_is_of_no_type() -> None:
    laptop = resolver()
    right = tag_of(laptop, host_answer(PARENT, HOST, ADDRESS))
    for tag in (right[:52], bytes(32) + right[32:], right[:48] + b"\x09" + right[49:], right[:-1]):
        length, logs = outcome(laptop, tag)
        assert length == 0
        assert logs > 0


def test_the_name_is_compared_up_to_its_end_and_needs_a_domain() -> None:
    laptop = resolver()
    tag = tag_of(laptop, host_answer(PARENT, HOST + b"\0\0", ADDRESS))
    assert outcome(laptop, tag)[0] > 0
    assert outcome(laptop, tag, domain=None)[0] == 0


def test_several_tags_are_refused() -> None:
    laptop = resolver()
    tag = tag_of(laptop, host_answer(PARENT, HOST, ADDRESS))
    assert outcome(laptop, tag, tag)[0] == 0


def test_a_tag_for_one_client_is_refused_of_another_with_the_same_parameters() -> None:
    laptop = resolver()
    first = laptop.fd.add(remote=ADDRESS)
    tag = tag_of(laptop, host_answer(first.client_id, HOST, ADDRESS))
    assert outcome(laptop, tag, parent=first.client_id)[0] > 0
    assert outcome(laptop, tag, parent=None)[0] == 0


def test_nexus_parameters_of_a_refused_client_are_its_error() -> None:
    laptop = resolver()
    wrong = bytes(32) + host_answer(PARENT, HOST, ADDRESS)
    for tags, errno in (([wrong], Errno.EAUTH), ([wrong[:40]], Errno.EINVAL)):
        extra = b"".join(pack_tlv(ClientParameter.RESOLVER_TAG, tag) for tag in tags)
        client = laptop.fd.add(domain=HOST, remote=ADDRESS, parent_id=PARENT, extra=extra)
        assert client.copy_nexus_parameters().errno == errno


def test_a_client_that_is_refused_later_keeps_its_result_but_no_interface_options() -> None:
    """A domain without an end is cut, so from then on the tag is that of another name."""
    laptop = resolver()
    tag = tag_of(laptop, host_answer(PARENT, HOST, ADDRESS))
    client = laptop.fd.add(
        domain=HOST,
        remote=ADDRESS,
        parent_id=PARENT,
        flags=ClientParameterFlag.MULTIPATH,
        extra=pack_tlv(ClientParameter.RESOLVER_TAG, tag),
    )
    before = laptop.client(client)
    update(laptop)
    after = laptop.client(client)
    assert [option.index for option in before.interface_options or ()] == [4, 5, 6]
    assert after.interface_options == ()
    assert after.result == before.result

"""What sessions and resolvers pass about domains has pseudonyms, and keeps its shape."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import Mock

import pytest

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.domain_filter import TRIE_HEADER
from necp_replay.abi.policy import PolicyCondition, PolicyTlv
from necp_replay.abi.tlv import pack_tlv
from necp_replay.releases.profile import Profile
from necp_replay.releases.xnu_7195 import XNU_7195_101_1
from necp_replay.releases.xnu_11417 import XNU_11417_121_6
from necp_replay.scenario import policies
from necp_replay.scenario.domain_sets import domain_filter, domain_trie
from necp_replay.scenario.parameters import client_parameters
from necp_replay.scenario.signables import browse_result, host_answer, service_answer
from necp_replay.tools.pseudonyms import signables, tlvs
from necp_replay.tools.pseudonyms.names import Names

CLIENT = bytes(range(16))
HOST, SERVICE = b"secret.example", b"Secret Printer"


def names_of(profile: Profile = XNU_11417_121_6.profile) -> Names:
    """Names that replace each letter by an x."""

    def crossed(*arguments: object) -> bytes:
        value = arguments[-1]
        assert isinstance(value, bytes)
        return bytes(ord("x") if chr(byte).isalpha() else byte for byte in value)

    return Mock(
        profile=profile,
        renames_interfaces=False,
        **dict.fromkeys(("uuid", "opaque", "domain", "text", "ipv4", "ipv6"), crossed),
    )


@pytest.mark.parametrize(
    ("rename", "value"),
    [
        (signables.resolver_answer, host_answer(CLIENT, HOST, "192.0.2.1:443")),
        (signables.resolver_answer, browse_result(CLIENT, SERVICE)),
        (signables.resolver_answer, service_answer(CLIENT, SERVICE, HOST, 631)),
        (signables.resolver_answer, bytes(20) + HOST),
        (signables.signed_answer, bytes(32) + host_answer(CLIENT, HOST, None)),
        (signables.domain_trie, domain_trie([HOST.decode()], from_end=False)),
        (signables.domain_trie, HOST),
        (tlvs.parameters, client_parameters(domain_owner="Secret", tracker_domain="secret.org")),
        (tlvs.parameters, client_parameters(domain_context="secret.com")),
        (tlvs.parameters, pack_tlv(ClientParameter.URL, b"https://secret.example/\0")),
        (tlvs.policy, policies.url("https://secret.example/").pack()),
    ],
)
def test_names_are_gone_and_lengths_are_the_same(
    rename: Callable[[Names, bytes], bytes], value: bytes
) -> None:
    renamed = rename(names_of(), value)
    assert len(renamed) == len(value)
    assert b"ecret" not in renamed
    assert b"ecret" in value


def test_an_answer_without_a_type_has_a_host_name_where_releases_know_no_types() -> None:
    answer = CLIENT + b"\1\0\0\0" + bytes(28) + b"\x0e\0\0\0" + HOST
    renamed = signables.resolver_answer(names_of(XNU_7195_101_1.profile), answer)
    assert renamed.endswith(b"\x0e\0\0\0" + b"xxxxxx.xxxxxxx")


def test_numbers_and_shapes_stay() -> None:
    names = names_of()
    made, trie = domain_filter(["a"], bits=96), domain_trie(["ab", "ac"])
    assert signables.domain_filter(names, made)[:4] == made[:4]
    assert signables.domain_trie(names, trie)[: TRIE_HEADER.size] == trie[: TRIE_HEADER.size]
    filtered = pack_tlv(
        PolicyTlv.POLICY_CONDITION, bytes((PolicyCondition.DOMAIN_FILTER, 0)) + b"abcd"
    )
    assert tlvs.policy(names, filtered) == filtered

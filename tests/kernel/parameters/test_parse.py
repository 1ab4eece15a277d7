"""Parsing parameter TLVs, as evaluations and nexuses show it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import NexusParameters
from necp_replay.events.notifications import CopyNexusParameters
from necp_replay.events.outcome import NexusParametersAnswer
from necp_replay.kernel.parameters.parse import parse_parameters
from necp_replay.releases.profile import Profile
from necp_replay.releases.xnu_4570 import XNU_4570_51_1
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.parameters import client_parameters
from tests.kernel.builders import PID, REMOTE, Laptop, log_functions, make_laptop, update

CUT_SHORT = bytes((ClientParameter.IP_PROTOCOL,)) + (3).to_bytes(4, "little") + b"\x06\x00"
WIFI = 3


def profile(**facts: Any) -> Profile:
    """A release with other facts."""
    return replace(XNU_4570_51_1.profile, **facts)


def routed_interface(laptop: Laptop, parameters: bytes) -> int | None:
    client = laptop.fd.add(parameters)
    return laptop.fd.copy_result(client.client_id).interface_index


def nexus_parameters(laptop: Laptop, parameters: bytes) -> NexusParameters:
    client = laptop.fd.add(parameters)
    answer = laptop.system.submit(CopyNexusParameters(client.client_id)).answer
    assert isinstance(answer, NexusParametersAnswer)
    return answer.parameters


def test_a_tlv_that_passes_the_end_is_logged_at_every_evaluation() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(client_parameters(remote=REMOTE) + CUT_SHORT)
    assert client.added is not None
    assert log_functions(client.added).count("necp_client_parse_parameters") == 1
    assert log_functions(update(laptop)).count("necp_client_parse_parameters") == 1


def test_tlvs_before_one_that_passes_the_end_count() -> None:
    parsed = nexus_parameters(make_laptop(), client_parameters(remote=REMOTE) + CUT_SHORT)
    assert parsed.remote_addr == sockaddr(REMOTE)


def test_the_first_sixteen_values_of_a_kind_are_kept() -> None:
    unused_types = [99] * 15
    laptop = make_laptop()
    kept = client_parameters(remote=REMOTE, prohibit_if_type=[*unused_types, WIFI])
    assert routed_interface(laptop, kept) == laptop.wired.index
    too_late = client_parameters(remote=REMOTE, prohibit_if_type=[99, *unused_types, WIFI])
    assert routed_interface(laptop, too_late) == laptop.wifi.index


def test_a_list_ends_at_its_first_empty_entry() -> None:
    laptop = make_laptop()
    parameters = client_parameters(remote=REMOTE, prohibit_if_type=[0, WIFI])
    assert routed_interface(laptop, parameters) == laptop.wifi.index


def test_the_first_required_type_that_is_not_zero_counts() -> None:
    laptop = make_laptop()
    parameters = client_parameters(remote=REMOTE, require_if_type=[0, 2, 5])
    assert routed_interface(laptop, parameters) == laptop.wired.index


def test_a_long_prohibited_name_reaches_into_the_row_of_the_next() -> None:
    laptop = make_laptop()
    spilling = b"0123456789abcdefen0\0"
    parameters = client_parameters(remote=REMOTE) + pack_tlv(
        ClientParameter.PROHIBIT_INTERFACE, spilling
    )
    assert routed_interface(laptop, parameters) == laptop.wired.index
    parameters += pack_tlv(ClientParameter.PROHIBIT_INTERFACE, b"en7\0")
    assert routed_interface(laptop, parameters) == laptop.wifi.index


def test_endpoints_and_addresses_overwrite_each_other_for_a_nexus() -> None:
    parameters = client_parameters(remote=REMOTE, remote_endpoint="192.0.2.99:1")
    assert nexus_parameters(make_laptop(), parameters).remote_addr == sockaddr("192.0.2.99:1")


def test_an_address_whose_length_is_not_its_familys_is_ignored() -> None:
    broken = b"\0" + bytes((28, 2)) + bytes(26)
    parameters = client_parameters(remote=REMOTE) + pack_tlv(ClientParameter.REMOTE_ADDRESS, broken)
    assert nexus_parameters(make_laptop(), parameters).remote_addr == sockaddr(REMOTE)


def test_without_a_pid_parameter_the_effective_pid_is_the_clients() -> None:
    laptop = make_laptop()
    assert nexus_parameters(laptop, client_parameters()).epid == PID
    assert nexus_parameters(laptop, client_parameters(pid=-1)).epid == -1


def test_only_the_first_four_agents_of_a_kind_are_read_where_the_release_says_so() -> None:
    agents = tuple(bytes([number]) * 16 for number in range(1, 6))
    parameters = client_parameters(
        prohibit_agent=agents, require_agent_type=[(str(number), "T") for number in range(5)]
    )
    for limit, kept in ((16, 5), (4, 4)):
        parsed = parse_parameters(parameters, profile(parsed_agents_limit=limit))
        assert parsed.prohibited_agents == agents[:kept]
        assert len(parsed.required_agent_types) == kept


def test_a_long_prohibited_name_stands_alone_where_the_release_says_so() -> None:
    name = b"0123456789abcdefen0"
    parameters = pack_tlv(ClientParameter.PROHIBIT_INTERFACE, name + b"\0")
    parsed = parse_parameters(parameters, profile(prohibited_names_overlap=False))
    assert parsed.prohibited_interfaces == (name,)


@pytest.mark.parametrize(
    ("value", "older", "newer"),
    [(b"\6", 0, 6), (b"\6\1", 0x106, 6), (b"\x11\1\2", 0x111, 0x11)],
)
def test_a_protocol_has_one_byte_or_two_as_the_release_says(
    value: bytes, older: int, newer: int
) -> None:
    parameters = pack_tlv(ClientParameter.IP_PROTOCOL, value)
    assert parse_parameters(parameters, profile()).ip_protocol == older
    short = profile(ip_protocol_has_short_form=True)
    assert parse_parameters(parameters, short).ip_protocol == newer

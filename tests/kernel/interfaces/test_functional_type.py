"""The functional type of an interface, by itself and through its delegate."""

import pytest

from necp_replay.kernel.interfaces.functional_type import (
    functional_type,
    is_cellular,
    is_expensive,
    is_wifi,
    is_wifi_infra,
    is_wired,
)
from necp_replay.kernel.objects.interface import Interface
from necp_replay.releases.facts.interfaces import FunctionalTypes
from necp_replay.releases.profile import Profile

_ETHERNET, _WIFI, _CELLULAR, _AWDL = 2, 3, 0xFF, 0x100000
_VLAN, _BOND, _IPSEC, _BLUETOOTH, _MANAGEMENT, _SIMCELL = 5, 14, 18, 2, 0x4000, 10
OLDEST = Profile(release="test")
EVERYTHING = Profile(release="test", functional_types=~FunctionalTypes(0))


def test_the_type_without_an_interface_is_unknown() -> None:
    assert functional_type(OLDEST, None) == 0


def test_loopback_comes_before_everything_else() -> None:
    assert functional_type(OLDEST, Interface(1, "lo0", flags=0x8, subfamily=_WIFI)) == 1


def test_wifi_comes_before_cellular_and_wired() -> None:
    ifp = Interface(4, "en0", type=_CELLULAR, family=_ETHERNET, subfamily=_WIFI)
    assert functional_type(OLDEST, ifp) == 3
    ifp.eflags = _AWDL
    assert functional_type(OLDEST, ifp) == 4


def test_wifi_counts_as_wired_too_since_its_family_is_ethernet() -> None:
    ifp = Interface(4, "en0", family=_ETHERNET, subfamily=_WIFI)
    assert (is_wifi(EVERYTHING, ifp), is_wired(ifp), is_cellular(EVERYTHING, ifp)) == (
        True,
        True,
        False,
    )


def test_a_delegate_counts_where_the_type_does_not_have_to_be_the_own_one() -> None:
    ifp = Interface(8, "utun0", delegated_family=_ETHERNET, delegated_subfamily=_WIFI)
    assert (is_wifi(EVERYTHING, ifp), is_wifi_infra(ifp)) == (True, False)
    assert (functional_type(OLDEST, ifp), functional_type(OLDEST, ifp, exclude_delegate=False)) == (
        0,
        3,
    )


def test_an_interface_is_expensive_by_its_flag_or_its_delegate() -> None:
    assert is_expensive(Interface(6, "pdp_ip0", eflags=0x4000))
    assert is_expensive(Interface(8, "utun0", delegated_expensive=True))
    assert not is_expensive(Interface(4, "en0"))


@pytest.mark.parametrize(
    ("ifp", "before", "after"),
    [
        (Interface(4, "vlan0", family=_VLAN), 0, 2),
        (Interface(4, "bond0", family=_BOND), 0, 2),
        (Interface(4, "ipsec0", family=_IPSEC, subfamily=_BLUETOOTH), 0, 7),
        (Interface(4, "ipsec0", family=_IPSEC, subfamily=_WIFI), 3, 7),
        (Interface(4, "ipsec0", family=_IPSEC), 0, 0),
        (Interface(4, "en0", subfamily=_WIFI), 3, 0),
        (Interface(4, "en0", family=_ETHERNET, xflags=_MANAGEMENT), 2, 8),
        (Interface(4, "pdp_ip0", type=_CELLULAR, xflags=_MANAGEMENT), 5, 5),
    ],
)
def test_later_releases_know_of_further_types(ifp: Interface, before: int, after: int) -> None:
    assert (functional_type(OLDEST, ifp), functional_type(EVERYTHING, ifp)) == (before, after)


@pytest.mark.parametrize("delegates", [False, True])
def test_a_subfamily_that_simulates_cellular_counts_where_it_is_known(delegates: bool) -> None:
    ifp = Interface(6, "en6", family=_ETHERNET, subfamily=_SIMCELL)
    if delegates:
        ifp = Interface(8, "utun0", delegated_family=_ETHERNET, delegated_subfamily=_SIMCELL)
    assert (is_cellular(OLDEST, ifp), is_cellular(EVERYTHING, ifp)) == (False, True)
    types = [functional_type(each, ifp, exclude_delegate=False) for each in (OLDEST, EVERYTHING)]
    assert types == [2, 5]

"""What a denial by a sandbox means on a release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from necp_replay.abi.privilege import Privilege
from necp_replay.importers.log_facts import LogFact
from necp_replay.releases.profile import Profile

_PRIVILEGE: Final = re.compile(r"system-privilege (\d{1,6})")


def denied_privilege(fact: LogFact) -> int | None:
    """The number of the privilege that a fact says was denied; None if it is about another."""
    found = _PRIVILEGE.fullmatch(fact.denied)
    return None if found is None else int(found[1])


def denial_causes(fact: LogFact, profile: Profile) -> Iterator[str]:
    """What denied it, and what follows."""
    number = denied_privilege(fact)
    if number is not None:
        name = Privilege._value2member_map_.get(number)
        shown = f"{number} ({name.name})" if isinstance(name, Privilege) else str(number)
        yield f"the sandbox of the process, or another policy module, denies the privilege {shown}"
        yield _consequence(number, profile)
        return
    yield f"the sandbox of the process, or another policy module, denies {fact.denied}"
    if fact.call and not profile.calls_ask_sandbox:
        yield (
            f"{profile.release} asks no policy module there; releases from xnu-8019.41.5 (macOS 12)"
            " on do"
        )


def _consequence(number: int, profile: Profile) -> str:
    """What a process without a privilege cannot do."""
    match number:
        case Privilege.PRIV_NET_PRIVILEGED_NECP_MATCH:
            if profile.right_to_match_is_an_entitlement:
                return "no call of NECP asks for it on this release: an entitlement has its place"
            return (
                "no call fails: policies with the condition ENTITLEMENT, and no name of one, do not"
                " match the process"
            )
        case Privilege.PRIV_NET_PRIVILEGED_NECP_POLICIES:
            return (
                "necp_session_open fails with EACCES, unless the process is root; of an open"
                " session, dumping and restricted priorities are refused"
            )
        case Privilege.PRIV_NET_PRIVILEGED_NETWORK_STATISTICS:
            if profile.observers_need_privilege:
                return "opening an fd that observes fails with EACCES"
            return "no call fails: the kernel lets a process without it observe all the same"
        case Privilege.PRIV_NET_PRIVILEGED_SOCKET_DELEGATE:
            own = "what the process does for another one is taken for its own"
            if profile.added_clients_need_privileges:
                return f"{own}, and ADD of a client for another process fails with EPERM"
            return own
        case Privilege.PRIV_NET_PRIVILEGED_CLIENT_ACCESS:
            return "its traffic is dropped where the sysctl drop_unentitled_level says so"
        case Privilege.PRIV_NET_PRIVILEGED_SERVER_ACCESS:
            return "its traffic is dropped where the sysctl drop_unentitled_level says so"
        case Privilege.PRIV_NET_VALIDATED_RESOLVER:
            return "SIGN fails with EPERM"
        case _:
            return "NECP does not ask for it"

"""ADD_DOMAIN_FILTER and REMOVE_DOMAIN_FILTER, which releases from xnu-8020 on handle."""

from necp_replay.abi.policy import SessionAction
from necp_replay.scenario import PolicySessionHandle, System, faulting, read_only, room
from necp_replay.scenario.domain_sets import domain_filter

FILTER = domain_filter(["ads.example.com"])
ADD, REMOVE = SessionAction.ADD_DOMAIN_FILTER, SessionAction.REMOVE_DOMAIN_FILTER


def domain_filters(system: System) -> None:
    """Filters are added, removed one by one, and all together.

    Source: necp_session_add_domain_filter, necp_session_remove_domain_filter, xnu-8020.101.4;
    measured in x8020_domain_filters.
    """
    session = _session(system)
    for _ in range(3):
        session.add_domain_filter(FILTER)
    session.remove_domain_filter(2)
    session.remove_domain_filter(2)
    session.remove_all_domain_filters()


def domain_filters_refused(system: System) -> None:
    """Filters and ids that are missing, cut short, or cannot be read or written.

    Source: necp_session_add_domain_filter, necp_session_remove_domain_filter, xnu-8020.101.4;
    measured in x8020_domain_filters.
    """
    raw = _session(system).session
    for content, out in (
        (None, room(4)),
        (FILTER[:3], room(4)),
        (FILTER, None),
        (FILTER, room(3)),
        (FILTER + b"\0", room(4)),
        (faulting(36, 20), room(4)),
        (FILTER, read_only(bytes(4))),
    ):
        raw.action(ADD, content, out)
    for number in (None, bytes(3), faulting(4, 2)):
        raw.action(REMOVE, number, None)


def _session(system: System) -> PolicySessionHandle:
    return system.add_process(
        300, "daemon", privileged=True, platform_binary=True
    ).open_policy_session()

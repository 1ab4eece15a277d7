"""Inputs and actions that a release does not have."""

from __future__ import annotations

from necp_replay.abi.client import ClientParameter
from necp_replay.events.notifications import (
    AssertBbRadioManager,
    CreateRegistration,
    SetDelegatedUpid,
)
from necp_replay.events.policy_control import NecpCtlClose, NecpCtlOpen, NecpCtlSend
from necp_replay.events.sockets import SocketAllowedToRecv
from necp_replay.kernel.description import AnyDescription, Kind, Support
from necp_replay.kernel.exceptions import NotModelled
from necp_replay.releases.profile import Profile


def missing_inputs(profile: Profile) -> frozenset[type]:
    """The classes of the inputs that a release does not have."""
    has = {
        CreateRegistration: profile.has_flow_registrations,
        AssertBbRadioManager: profile.has_bb_radio_manager,
        SetDelegatedUpid: ClientParameter.DELEGATED_UPID in profile.client_parameters,
        SocketAllowedToRecv: profile.listeners_are_filtered,
        NecpCtlOpen: profile.has_policy_control,
        NecpCtlSend: profile.has_policy_control,
        NecpCtlClose: profile.has_policy_control,
    }
    return frozenset(kind for kind, is_there in has.items() if not is_there)


def has_entry(profile: Profile, entry: AnyDescription) -> bool:
    """Whether a release has what is described. True for what is absent: all refuse it."""
    if entry.support is Support.ABSENT:
        return True
    if entry.kind is Kind.CLIENT_ACTION:
        return entry.subject in profile.client_actions
    if entry.kind is Kind.SESSION_ACTION:
        return entry.subject in profile.session_actions
    return entry.subject not in missing_inputs(profile)


def check_not_missing(profile: Profile, kind: type, what: str) -> None:
    """Raises NotModelled for an input that a release does not have; ``what`` is what it lacks."""
    if kind in missing_inputs(profile):
        raise NotModelled(f"the release has no {what}")

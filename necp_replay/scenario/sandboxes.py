"""Sandboxes of processes: what they may not do."""

from __future__ import annotations

from collections.abc import Iterable

from necp_replay.abi.client import ClientAction
from necp_replay.abi.privilege import Privilege
from necp_replay.errors import ScenarioError
from necp_replay.events.processes import Sandbox


def sandbox(
    *,
    denies_open: bool = False,
    allowed_actions: Iterable[ClientAction | int] | None = None,
    denied_privileges: Iterable[str | int] = (),
) -> Sandbox:
    """A sandbox for :meth:`System.add_process` and :meth:`ProcessHandle.update`.

    ``denies_open`` is ``(deny necp-client-open)`` of a profile, ``allowed_actions`` what a profile
    that denies ``system-necp-client-action`` still allows, and ``denied_privileges`` what it denies
    of ``system-privilege``, by ``PRIV_`` name or number. Releases before xnu-8019 ask a sandbox for
    privileges alone.
    """
    allowed = None if allowed_actions is None else tuple(int(each) for each in allowed_actions)
    return Sandbox(denies_open, allowed, tuple(_number(each) for each in denied_privileges))


def _number(privilege: str | int) -> int:
    if isinstance(privilege, int):
        return int(privilege)
    known = Privilege.__members__.get(privilege)
    if known is None:
        raise ScenarioError(f"there is no privilege {privilege!r}")
    return int(known)

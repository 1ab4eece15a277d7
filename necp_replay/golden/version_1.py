"""What is different in goldens of version 1, which older versions of this project wrote.

Records are numbered through the file, ids are numbered through the trace, and what an input passed
is not shown. Session actions have no names: ``necp_session_action pid=1 fd=3 action=1``.
"""

from __future__ import annotations

import re
from typing import Final

from necp_replay.abi.policy import SessionAction

_NAMES: Final = {str(int(action)): action.name for action in SessionAction}
_NUMBERS: Final = {name: number for number, name in _NAMES.items()}
_NUMBERED: Final = re.compile(r"necp_session_action (pid=\S+ fd=\S+) action=([0-9]+)(?= |$)")
_NAMED: Final = re.compile(r"necp_session_action ([A-Z_]+) (pid=\S+ fd=\S+)(?= |$)")


def title_from_version_1(title: str) -> str:
    """The title of a record as it is now."""
    if not title.startswith("necp_session_action "):
        return title
    found = _NUMBERED.match(title)
    if found is None or found[2] not in _NAMES:
        return title
    return f"necp_session_action {_NAMES[found[2]]} {found[1]}{title[found.end() :]}"


def title_to_version_1(title: str) -> str:
    """The title of a record as version 1 has it."""
    if not title.startswith("necp_session_action "):
        return title
    found = _NAMED.match(title)
    if found is None or found[1] not in _NUMBERS:
        return title
    return f"necp_session_action {found[2]} action={_NUMBERS[found[1]]}{title[found.end() :]}"

"""The checks of the options of an agent's control socket, and of the calls that share them."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.kernel.description import Check, logged, silent

UNKNOWN_OPTION: Final = logged(Errno.ENOPROTOOPT, "there is no such option")
BUSY_SESSION: Final = logged(
    Errno.EINVAL,
    "the session has an agent and is not for several; later releases do not log it",
    fact="agent_content_is_checked_first",
)
BAD_CONTENT: Final = logged(
    Errno.EINVAL, "the agent is cut short, its data is above 4096 bytes, or sizes differ"
)
ID_TAKEN: Final = silent(Errno.EEXIST, "another agent has the id", fact="agent_ids_are_unique")
NO_ID: Final = logged(
    Errno.EINVAL,
    "the session is for several agents, and no whole id names one",
    fact="sessions_can_have_many_agents",
)
OTHER_LENGTH: Final = logged(Errno.EINVAL, "the option has another length")
BAD_TOKEN: Final = logged(Errno.EINVAL, "the token is empty or above 4096 bytes")
SHORT_ASSIGNMENT: Final = logged(Errno.EINVAL, "the option has no whole client id")
NO_AGENT: Final = logged(
    Errno.ENOENT, "the session has no agent, or none with the id; some releases do not log it"
)
OTHER_IDENTITY: Final = logged(Errno.EINVAL, "uuid, domain or type is another one")
TOO_MANY_TOKENS: Final = logged(Errno.EINVAL, "the agent has 256 tokens")
UNKNOWN_CLIENT: Final = logged(Errno.ENOENT, "no fd has the client")
NO_FLOW: Final = logged(Errno.EINVAL, "the client has no flow of the agent")
HAS_AGENTS: Final = logged(
    Errno.EEXIST,
    "a session that has an agent is to be made one for several",
    fact="sessions_can_have_many_agents",
)

OPTION_CHECKS: Final[tuple[Check, ...]] = (
    UNKNOWN_OPTION,
    BUSY_SESSION,
    BAD_CONTENT,
    ID_TAKEN,
    NO_ID,
    OTHER_LENGTH,
    BAD_TOKEN,
    SHORT_ASSIGNMENT,
    NO_AGENT,
    OTHER_IDENTITY,
    TOO_MANY_TOKENS,
    UNKNOWN_CLIENT,
    NO_FLOW,
    HAS_AGENTS,
)
"""All checks of setting an option. The first is for unknown options."""

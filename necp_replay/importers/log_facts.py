"""What log messages about NECP say: a table of patterns, and the facts that they give."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.privilege import Privilege
from necp_replay.dataclass import dataclass
from necp_replay.importers.log_lines import LogEntry

PRIVATE: Final = "<private>"
"""The texts that a log prints in place of private text."""


_SHORT: Final = "{0,256}"
_LONG: Final = "{0,4096}"
"""How long a part of a message can be. Without a limit a hostile message takes quadratic time."""


class FactKind(enum.Enum):
    """What a message says."""

    DROP = "the kernel dropped a packet"
    CALL_FAILED = "a call failed"
    DENIED = "the sandbox denied something"
    PATH_DENIED = "a path was denied by policy"
    AGENTS_FAILED = "agents could not be triggered"
    PATH = "a connection says what its path is"
    LOCAL_NETWORK = "local network privacy looked for an app"
    KERNEL = "the kernel says something about NECP"


@dataclass(slots=True)
class LogFact:
    """What one entry of a log says about NECP. Fields that it does not say are empty or None."""

    kind: FactKind
    line: int
    text: str
    time: str = ""
    time_ns: int | None = None
    process: str = ""
    pid: int | None = None
    call: str = ""
    action: int | None = None
    errno: int | None = None
    client_id: str = ""
    protocol: str = ""
    direction: str = ""
    local: str = ""
    remote: str = ""
    interface: str = ""
    reason: str = ""
    denied: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


def fact_of(entry: LogEntry) -> LogFact | None:
    """What an entry says about NECP; None if it says nothing that is known here."""
    if not entry.about_necp:
        return None
    for kind, pattern, complete in _PATTERNS:
        found = pattern.search(entry.message)
        if found is None:
            continue
        fact = LogFact(kind, entry.line, entry.message.strip())
        fact.time, fact.time_ns = entry.time, entry.time_ns
        fact.process, fact.pid = entry.process, entry.pid
        complete(fact, found)
        is_other = kind is FactKind.DROP and fact.reason and "NECP" not in fact.reason
        return None if is_other else fact
    return None


def _complete_drop(fact: LogFact, found: re.Match[str]) -> None:
    fact.protocol, fact.direction = found["protocol"], found["direction"] or ""
    fact.local = _endpoint(found["local"], found["lport"])
    fact.remote = _endpoint(found["remote"], found["rport"])
    fact.interface = found["interface"] or ""
    rest = found["rest"]
    reason = _REASON.search(rest)
    fact.reason = reason[1].strip() if reason is not None else ""
    # The entry is the kernel's; the message names the process.
    fact.process, fact.pid = "", None
    process = _PROCESS.search(rest)
    if process is not None:
        fact.process = _shown(process["name"])
        fact.pid = None if process["pid"] is None else int(process["pid"])
    error = _SO_ERROR.search(rest)
    if error is not None:
        fact.errno = int(error[1])


def _complete_action(fact: LogFact, found: re.Match[str]) -> None:
    fact.call = "necp_client_action"
    fact.action = _ACTIONS.get(found["action"])
    fact.errno = _errno_in(fact.text)
    client = _UUID.search(fact.text, found.end())
    fact.client_id = client[0].lower() if client is not None else ""
    _complete_parameters(fact)


def _complete_copy(fact: LogFact, found: re.Match[str]) -> None:
    fact.call = "necp_client_action"
    fact.action = _COPIES[found["what"]]
    fact.errno = _errno_in(fact.text)


def _complete_call(fact: LogFact, found: re.Match[str]) -> None:
    fact.call = found["call"]
    fact.errno = _errno_in(fact.text)


def _complete_denial(fact: LogFact, found: re.Match[str]) -> None:
    fact.process, fact.pid = _shown(found["name"].strip()), int(found["pid"])
    operation, what = found["operation"], (found["what"] or "").strip()
    fact.denied = f"{operation} {what}".strip()
    if operation == "necp-client-open":
        fact.call = "necp_open"
    elif operation == "system-necp-client-action":
        fact.call = "necp_client_action"
        action = re.search(r"(?:NECP_CLIENT_ACTION_)?([A-Z_]+|\d{1,3})$", what)
        if action is not None:
            named = action[1]
            fact.action = int(named) if named.isdigit() else _ACTIONS.get(named)
    elif what in _CALL_OF_PRIVILEGE:
        fact.call = _CALL_OF_PRIVILEGE[what]


def _complete_path(fact: LogFact, found: re.Match[str]) -> None:
    fact.reason = f"{found['state']} ({found['why']})" if found["why"] else found["state"]
    interface = re.search(r"\binterface: (\w+)", fact.text)
    fact.interface = interface[1] if interface is not None else ""
    remote = _CONNECTED_TO.search(fact.text)
    fact.remote = remote[0] if remote is not None else ""


def _complete_reason(fact: LogFact, found: re.Match[str]) -> None:
    fact.reason = found[0]


def _complete_trigger(fact: LogFact, found: re.Match[str]) -> None:
    fact.process, fact.pid = _shown(found["name"]), int(found["pid"])
    fact.reason = found["error"]


def _complete_kernel(fact: LogFact, found: re.Match[str]) -> None:
    fact.call = found["function"]
    fact.errno = _errno_in(fact.text)
    about = _FOR_PID.search(fact.text)
    fact.process, fact.pid = "", None
    if about is not None:
        fact.pid, fact.process = int(about["pid"]), _shown((about["name"] or "").strip())


def _complete_parameters(fact: LogFact) -> None:
    """The parameters of a client, as libnetwork prints them."""
    found = re.search(r"(?:evaluator )?parameters: (.*)", fact.text)
    if found is None:
        return
    parameters = {}
    for part in found[1].split(", ")[:_MOST_PARAMETERS]:
        name, _, value = part.partition(": ")
        if name.strip():
            parameters[name.strip()] = _shown(value.strip())
    fact.parameters = parameters
    fact.protocol = next((name for name in ("tcp", "udp", "quic") if name in parameters), "")
    fact.local = parameters.get("local address", "")
    fact.remote = parameters.get("remote address", "")
    fact.interface = parameters.get("required interface", parameters.get("interface", ""))


def _errno_in(text: str) -> int | None:
    """The error number that a message names; None for none."""
    found = _BRACKETED.search(text) or _PARENTHESISED.search(text)
    return None if found is None else int(found[found.lastindex or 1])


def _endpoint(address: str, port: str) -> str:
    address = _shown(address)
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}" if address else ""


def _shown(text: str) -> str:
    """A text of a log; empty where it hides it or is a placeholder."""
    return "" if _HIDDEN.fullmatch(text) is not None else text


_CONNECTED_TO: Final = re.compile(r"(?<=[\s\]])(?:(?:\d{1,3}\.){3}\d{1,3}|Hostname#\w+):\d{1,5}")
_MOST_PARAMETERS: Final = 64
_HIDDEN: Final = re.compile(r"<[^<>]*>|\(null\)|")
_REASON: Final = re.compile(r"\breason: (.*)")
_PROCESS: Final = re.compile(r"\bprocess: (?P<name>.*?)(?::(?P<pid>\d{1,10}))?(?= \w+: | *$)")
_SO_ERROR: Final = re.compile(r"\bso_error: (\d{1,3})\b")
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_BRACKETED: Final = re.compile(rf"\[(\d{{1,3}}): [^\]]{_SHORT}\]")
_PARENTHESISED: Final = re.compile(r"\((\d{1,3})\)|error (\d{1,3})\b")
_FOR_PID: Final = re.compile(r"\bpid (?P<pid>\d{1,10})(?: (?P<name>.*))?")
_ACTIONS: Final[Mapping[str, int]] = {each.name: int(each) for each in ClientAction}
_COPIES: Final[Mapping[str, int]] = {
    "updated result": ClientAction.COPY_UPDATED_RESULT,
    "result": ClientAction.COPY_RESULT,
    "parameters": ClientAction.COPY_PARAMETERS,
    "interface": ClientAction.COPY_INTERFACE,
    "agent": ClientAction.COPY_AGENT,
}
_CALL_OF_PRIVILEGE: Final[Mapping[str, str]] = {
    str(int(Privilege.PRIV_NET_PRIVILEGED_NECP_POLICIES)): "necp_session_open",
}
_PATTERNS: Final[
    tuple[tuple[FactKind, re.Pattern[str], Callable[[LogFact, re.Match[str]], None]], ...]
] = (
    (
        FactKind.DROP,
        re.compile(
            r"\b(?P<protocol>tcp|udp) drop (?P<direction>outgoing|incoming)?(?: control packet)? ?"
            rf"\[(?P<local>[^\[\]]{_SHORT}?):(?P<lport>\d+|<[^<>]*>)<-+>"
            rf"(?P<remote>[^\[\]]{_SHORT}?):(?P<rport>\d+|<[^<>]*>)\]"
            rf"(?: interface: (?P<interface>\S*))?(?P<rest>.{_LONG})"
        ),
        _complete_drop,
    ),
    (
        FactKind.DENIED,
        re.compile(
            rf"(?:System Policy|Sandbox): (?P<name>.{_SHORT}?)\((?P<pid>\d{{1,10}})\) deny\(\d+\) "
            r"(?P<operation>necp-client-open|system-necp-client-action|system-privilege)"
            r"(?: (?P<what>.*))?"
        ),
        _complete_denial,
    ),
    (
        FactKind.CALL_FAILED,
        re.compile(
            r"^(?=.*(?:fail|error|\[\d)).*?\bNECP_CLIENT_ACTION_(?P<action>[A-Z_]+)",
            re.IGNORECASE,
        ),
        _complete_action,
    ),
    (
        FactKind.CALL_FAILED,
        re.compile(
            r"[Ff]ailed to copy (?P<what>updated result|result|parameters|interface|agent)\b"
        ),
        _complete_copy,
    ),
    (
        FactKind.PATH_DENIED,
        re.compile(r"Path was denied by NECP policy"),
        _complete_reason,
    ),
    (
        FactKind.AGENTS_FAILED,
        re.compile(
            r"(?<!\S)(?P<name>\S+)\.(?P<pid>\d{1,10}) connection \d+: trigger network agents "
            rf".{_LONG}?"
            r"(?P<error>NWPathEvaluatorErrorDomain Code=-?\d{1,6})"
        ),
        _complete_trigger,
    ),
    (FactKind.LOCAL_NETWORK, re.compile(r"LocalNetwork: .*"), _complete_reason),
    (
        FactKind.PATH,
        re.compile(rf"\bpath=(?P<state>\w+) \((?P<why>[^)]{_SHORT})\)"),
        _complete_path,
    ),
    (
        FactKind.CALL_FAILED,
        re.compile(
            # Only the first of several calls is tried. Without text after it there is no failure.
            r"\A(?>.*?\b(?P<call>"
            r"necp_(?:open|session_open|session_action|match_policy|client_action))\b)"
            r"(?=.*(?:fail|error|\[\d))"
        ),
        _complete_call,
    ),
    (
        FactKind.KERNEL,
        re.compile(r"\b(?P<function>necp_\w+)\b[: ].*\S"),
        _complete_kernel,
    ),
)
"""The patterns that are tried on a message, in this order, and functions that complete the fact."""

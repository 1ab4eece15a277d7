"""What messages of logs say about NECP."""

from __future__ import annotations

import time
from typing import Any

import pytest

from necp_replay.importers.log_facts import FactKind, LogFact, fact_of
from necp_replay.importers.log_lines import LogEntry

LONG = 65_536
"""The longest message that an entry has."""
UUID = "12345678-1234-1234-1234-123456789ABC"
FACTS: dict[str, tuple[str, FactKind, dict[str, Any]]] = {
    "a drop": (
        "tcp drop outgoing [192.168.1.5:50000<->10.0.0.9:443] interface: en0 (skipped: 0) "
        "so_gencnt: 7 t_state: SYN_SENT process: my app:812 t_state: SYN_SENT so_error: 0"
        " reason: NECP",
        FactKind.DROP,
        {
            "protocol": "tcp",
            "direction": "outgoing",
            "local": "192.168.1.5:50000",
            "remote": "10.0.0.9:443",
            "interface": "en0",
            "process": "my app",
            "pid": 812,
            "errno": 0,
            "reason": "NECP",
        },
    ),
    "a drop of IPv6": (
        "udp drop incoming [fe80::1:5353<->fe80::2:5353] interface: en0 so_error: 0 process: x"
        " reason: NECP",
        FactKind.DROP,
        {"remote": "[fe80::2]:5353", "process": "x", "pid": None, "direction": "incoming"},
    ),
    "a drop that hides addresses": (
        "tcp drop outgoing [<private>:<private><-><IPv4-redacted>:443] interface: en0 so_error: 0"
        " process: x:5 reason: NECP",
        FactKind.DROP,
        {"local": "", "remote": "", "process": "x", "pid": 5},
    ),
    "an action with an errno": (
        f"nw_path_evaluator_create_flow_inner NECP_CLIENT_ACTION_ADD_FLOW {UUID}"
        " [22: Invalid argument]",
        FactKind.CALL_FAILED,
        {"call": "necp_client_action", "action": 17, "errno": 22, "client_id": UUID.lower()},
    ),
    "an action with parameters": (
        "nw_path_evaluator_create_flow_inner failed NECP_CLIENT_ACTION_ADD_FLOW (null) evaluator"
        " parameters: tcp, tls, context: Default (private), local address: 192.168.1.28:57668",
        FactKind.CALL_FAILED,
        {"action": 17, "errno": None, "protocol": "tcp", "local": "192.168.1.28:57668"},
    ),
    "an action with an error": (
        "[] nw_path_evaluator_evaluate NECP_CLIENT_ACTION_ADD error [48: Address already in use]",
        FactKind.CALL_FAILED,
        {"action": 1, "errno": 48},
    ),
    "a result": (
        "nw_path_necp_check_for_updates Failed to copy updated result (22)",
        FactKind.CALL_FAILED,
        {"action": 16, "errno": 22},
    ),
    "an opening": (
        "nw_path_shared_necp_fd_block_invoke necp_open failed [24: Too many open files]",
        FactKind.CALL_FAILED,
        {"call": "necp_open", "errno": 24},
    ),
    "a privilege denied": (
        "System Policy: IPNExtension(698) deny(1) system-privilege 10006",
        FactKind.DENIED,
        {
            "process": "IPNExtension",
            "pid": 698,
            "call": "",
            "denied": "system-privilege 10006",
        },
    ),
    "the privilege for sessions denied": (
        "System Policy: IPNExtension(698) deny(1) system-privilege 10004",
        FactKind.DENIED,
        {"call": "necp_session_open"},
    ),
    "an action denied": (
        "Sandbox: My App(70) deny(1) system-necp-client-action NECP_CLIENT_ACTION_ADD_FLOW",
        FactKind.DENIED,
        {"process": "My App", "pid": 70, "call": "necp_client_action", "action": 17},
    ),
    "an opening denied": (
        "Sandbox: a(70) deny(1) necp-client-open",
        FactKind.DENIED,
        {"call": "necp_open"},
    ),
    "a path denied": (
        "tcp_connection_handle_connect_conditions_bad 20 failed: 2 - Path was denied by NECP"
        " policy",
        FactKind.PATH_DENIED,
        {"errno": None},
    ),
    "agents": (
        "__42-[NETClientConnection evaluateNetworkPath]_block_invoke apsd.85 connection 18: trigger"
        ' network agents (<NULL>) error Error Domain=NWPathEvaluatorErrorDomain Code=1 "(null)"',
        FactKind.AGENTS_FAILED,
        {"process": "apsd", "pid": 85},
    ),
    "a path": (
        "0.000s [C2 uuid 10.1.2.3:443 resolver path=unsatisfied (Local network prohibited),"
        " interface: utun2, ipv4, dns] path:start",
        FactKind.PATH,
        {"interface": "utun2", "remote": "10.1.2.3:443"},
    ),
    "the kernel": (
        "necp_process_defunct_list abort nexus error (2) for pid 3700 Some App",
        FactKind.KERNEL,
        {"errno": 2, "pid": 3700, "process": "Some App"},
    ),
}


OTHER_DROP = "tcp drop incoming [1.2.3.4:5<->6.7.8.9:1] interface: necp0 reason: listener"


def fact(message: str) -> LogFact | None:
    return fact_of(LogEntry(1, message, "message"))


@pytest.mark.parametrize(("message", "kind", "fields"), FACTS.values(), ids=FACTS)
def test_what_a_message_says_is_known(message: str, kind: FactKind, fields: dict[str, Any]) -> None:
    found = fact(message)
    assert found is not None
    assert found.kind is kind
    assert {name: getattr(found, name) for name in fields} == fields


@pytest.mark.parametrize(
    "message",
    [
        "",
        "tcp drop",
        "a necp",
        "tcp connection [a:1<->b:2]",
        OTHER_DROP,
        "NECP_CLIENT_ACTION",
        "path=(x)",
    ],
)
def test_other_messages_say_nothing(message: str) -> None:
    assert fact(message) is None


def test_the_process_that_wrote_an_entry_made_the_call() -> None:
    entry = LogEntry(3, FACTS["a result"][0], "compact", process="App", pid=9)
    found = fact_of(entry)
    assert found is not None
    assert (found.process, found.pid, found.line) == ("App", 9, 3)


HOSTILE = {
    "a word without a space": "a" * LONG,
    "a name with many dots": "1." * LONG,
    "drops that do not end": "tcp drop [" * LONG,
    "addresses that do not end": "udp drop [" + ":1<->" * LONG,
    "spaces after a process": "tcp drop [a:1<->b:2] process: x" + " " * LONG + "x",
    "agents that did not fail": "a.1 connection 1: trigger network agents " * LONG,
    "calls that did not fail": "necp_open " * LONG,
    "states that do not end": "path=a (" * LONG,
    "brackets that do not end": "necp_open [1: " * LONG,
    "denials that do not end": "Sandbox: " * LONG,
    "functions without a message": "necp_a:" * LONG,
}


@pytest.mark.parametrize("message", HOSTILE.values(), ids=HOSTILE)
def test_the_time_grows_with_the_length_of_a_message(message: str) -> None:
    """Quadratic work takes minutes here."""
    started_s = time.process_time()
    fact_of(LogEntry(1, message[:LONG], "message"))
    assert time.process_time() - started_s < 5

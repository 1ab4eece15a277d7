"""Looks for a call that fails as one in a log did: small variants of an ordinary call are tried.

A variant changes one thing or more of an ordinary call: the fd, the id, the buffer. Those with the
fewest changes that give the errno on the release are kept, with the text that makes them in a
scenario. If there are none, others can have refused the call: a sandbox, or an agent.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.dataclass import dataclass
from necp_replay.importers.errno_names import errno_text
from necp_replay.importers.log_facts import LogFact
from necp_replay.releases.profile import Profile
from necp_replay.scenario import System, client_parameters, nowhere, room
from necp_replay.scenario.process import ClientHandle, NecpFdHandle, ProcessHandle

MAX_KEPT: Final = 3


@dataclass(frozen=True, slots=True)
class Variant:
    """A call that gives the errno: its code in a scenario, and how it differs from an ordinary one.

    ``changes`` is empty for an ordinary call. ``setup`` are the lines of code that come before the
    client is added.
    """

    code: str
    changes: tuple[str, ...]
    setup: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Made:
    process: ProcessHandle
    fd: NecpFdHandle
    client: ClientHandle


@dataclass(frozen=True, slots=True)
class _Choice:
    """One value of an argument: what makes it here, its code in a scenario, and what it is."""

    make: Callable[[_Made], object]
    code: str
    text: str


_FDS: Final = (
    _Choice(lambda made: made.fd, "fd", ""),
    _Choice(lambda made: made.process.on_fd(99), "process.on_fd(99)", "the fd is not open"),
    _Choice(
        lambda made: made.process.open_other(),
        "process.open_other()",
        "the fd is of another kind",
    ),
)
_IDS: Final = (
    _Choice(lambda made: made.client.client_id, "client.client_id", ""),
    _Choice(lambda made: bytes(range(16)), "bytes(range(16))", "no client has the id"),
    _Choice(lambda made: None, "None", "the id is NULL"),
    _Choice(lambda made: bytes(8), "bytes(8)", "the id has 8 bytes"),
    _Choice(lambda made: bytes(16), "bytes(16)", "the id is zero"),
)
_BUFFERS: Final = (
    _Choice(lambda made: room(96), "room(96)", ""),
    _Choice(lambda made: None, "None", "the buffer is NULL"),
    _Choice(lambda made: room(4), "room(4)", "the buffer has 4 bytes"),
    _Choice(lambda made: room(70_000), "room(70_000)", "the buffer has 70,000 bytes"),
    _Choice(lambda made: nowhere(), "nowhere()", "no memory is at the buffer's address"),
)
_PARAMETERS: Final = (
    _Choice(lambda made: client_parameters(remote="203.0.113.5:443"), "parameters", ""),
    *_BUFFERS[1:],
)


def find_variants(fact: LogFact, profile: Profile) -> tuple[Variant, ...]:
    """The calls with the fewest changes that give the errno of a fact; empty if none does.

    For a call whose errno the log does not say, the ordinary call. Where no change of the call
    gives the errno, a sandbox or an agent that does is looked for.
    """
    if fact.action is None:
        return ()
    found = _changed_calls(fact.action, fact.errno, profile.release)
    return found or tuple(_refused_calls(fact.action, fact.errno, profile))


def _refused_calls(action: int, errno: int | None, profile: Profile) -> Iterator[Variant]:
    """Calls that fail because of another process, a sandbox or an agent."""
    name = _action_name(action)
    if action == ClientAction.ADD:
        yield from _refused_parameters(name, errno, profile)
    elif errno == Errno.EPERM and profile.calls_ask_sandbox:
        yield Variant(
            f"fd.action({name}, client.client_id, room(96))",
            ("the sandbox of the process does not allow the action",),
            ("process.update(sandbox=sandbox(allowed_actions=[ClientAction.ADD]))",),
        )
    if action == ClientAction.ADD_FLOW and errno and profile.has_flow_registrations:
        flag = "ALLOW_NEXUS" if profile.skywalk_is_published else "BROWSE"
        yield Variant(
            f"client.add_flow(FlowFlag.{flag}, agent.uuid).added",
            (f"the agent of the flow answers {errno_text(errno)}",),
            (
                'agent = system.add_agent("flow switch", flags=0x83, via="kernel")',
                "link.add_agent(agent.uuid)",
                f"agent.fail({errno})",
            ),
        )


def _refused_parameters(name: str, errno: int | None, profile: Profile) -> Iterator[Variant]:
    """ADD with parameters that need a privilege, or a port that another listener has."""
    if errno == Errno.EADDRINUSE and profile.listeners_reserve_ports:
        yield Variant(
            f"fd.action({name}, room(16), listener)",
            ("another listener has the port",),
            (
                'listener = client_parameters(local="0.0.0.0:8080", listener=True)',
                "fd.add(listener)",
            ),
        )
    if errno == Errno.EPERM and profile.added_clients_need_privileges:
        for parameter, text in _NEED_PRIVILEGE:
            code = f"client_parameters({parameter})"
            yield Variant(f"fd.action({name}, room(16), {code})", (f"{text}, without the right",))


_NEED_PRIVILEGE: Final = (
    ("delegated_upid=1", "the client acts for another process"),
    ("interpose=True", "the client is put between others"),
    ("custom_ip=True", "the client has a protocol of its own"),
)
"""Parameters that need a privilege, and what they say."""


def _changed_calls(action: int, errno: int | None, release: str) -> tuple[Variant, ...]:
    adds = action == ClientAction.ADD
    buffers = _PARAMETERS if adds else _BUFFERS
    # ADD writes the id, and so takes a buffer for it.
    ids = (_Choice(lambda made: room(16), "room(16)", ""), *_IDS[2:4]) if adds else _IDS
    found: list[tuple[int, Variant]] = []
    for choices in sorted(itertools.product(_FDS, ids, buffers), key=_changes):
        changes = _changes(choices)
        if found and changes > found[0][0]:
            break
        if _errno_of(action, choices, release) == errno:
            found.append((changes, _variant(action, choices)))
    return tuple(variant for _, variant in found[:MAX_KEPT])


def _changes(choices: Sequence[_Choice]) -> int:
    return sum(bool(choice.text) for choice in choices)


def _errno_of(action: int, choices: Sequence[_Choice], release: str) -> int | None:
    system = System.of_release(release, under_way=True)
    process = system.add_process(812)
    fd = process.necp_open()
    made = _Made(process, fd, fd.add(remote="203.0.113.5:443"))
    on, client_id, buffer = (choice.make(made) for choice in choices)
    assert isinstance(on, NecpFdHandle)
    return on.action(action, client_id, buffer).errno  # type: ignore[arg-type]  # as the tables say


def _variant(action: int, choices: Sequence[_Choice]) -> Variant:
    fd, client_id, buffer = choices
    code = f"{fd.code}.action({_action_name(action)}, {client_id.code}, {buffer.code})"
    return Variant(code, tuple(choice.text for choice in choices if choice.text))


def _action_name(action: int) -> str:
    """The action as code."""
    try:
        return f"ClientAction.{ClientAction(action).name}"
    except ValueError:
        return str(action)

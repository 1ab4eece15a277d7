"""Policy dumps: what POLICY_DUMP_ALL answered becomes the session actions that recreate it.

A dump is a length and a TLV for each policy in force, with TLVs for its orders, its owner, its
conditions, and its result as text. It cuts long results short, and before xnu-11215.1.10 it does
not say whether a condition is negative. Which form its conditions have is found from the dump.
Source: necp_handle_policy_dump_all, necp_get_result_description, xnu-6153.101.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from struct import Struct
from typing import IO, Final

from necp_replay.abi.dumped_conditions import (
    DumpedCondition,
    are_whole,
    conditions_have_flags,
    read_conditions,
)
from necp_replay.abi.policy import (
    POLICY_ORDER,
    RESULT_SERVICE,
    SESSION_PRIORITY,
    PolicyCondition,
    PolicyResult,
    PolicyTlv,
    RouteRuleAction,
    RouteRuleFlag,
    SessionAction,
)
from necp_replay.abi.tlv import TLV_HEADER, iterate_tlvs, pack_tlv, tlvs_end
from necp_replay.dataclass import dataclass
from necp_replay.errors import ImportedFileError
from necp_replay.events.interfaces import IfaceAttach
from necp_replay.importers.seen_call import LineNote, Notes, SeenCall

MAX_DUMP_BYTES: Final = 16 * 1024 * 1024
"""The longest dump that is read."""
_FIRST_PID: Final = 1000
_ORDERS_PER_PRIORITY: Final = 1000
_UINT32: Final = Struct("<I")
_TOTAL: Final = _UINT32
_HEX_LINE: Final = re.compile(
    rb"(?:[0-9a-fA-F]{4,16}:?[ \t]+)?(?P<digits>(?:0x)?(?:[0-9a-fA-F]{2}[ \t]?[ \t]?)+)"
    rb"(?:[ \t]*[|].*|  .*)?"
)
_MAX_RESULT_CHARACTERS: Final = 63
_WITHOUT_NUL: Final = frozenset({PolicyCondition.DOMAIN, PolicyCondition.ACCOUNT})
_NEVER_NEGATIVE: Final = frozenset({PolicyCondition.DEFAULT, PolicyCondition.ALL_INTERFACES})
_WITH_INTERFACE: Final = {
    "IPTunnel": (PolicyResult.IP_TUNNEL, _UINT32.pack(0)),
    "SocketScoped": (PolicyResult.SOCKET_SCOPED, b""),
}
_WITH_SERVICE: Final = {
    "Trigger": PolicyResult.TRIGGER,
    "TriggerIfNeeded": PolicyResult.TRIGGER_IF_NEEDED,
    "TriggerScoped": PolicyResult.TRIGGER_SCOPED,
    "NoTriggerScoped": PolicyResult.NO_TRIGGER_SCOPED,
}
_WITH_AGENT: Final = {
    "UseNetAgent": PolicyResult.USE_NETAGENT,
    "NetAgentScoped": PolicyResult.NETAGENT_SCOPED,
}
_WITH_NUMBER: Final = {
    "Skip": PolicyResult.SKIP,
    "SocketDivert": PolicyResult.SOCKET_DIVERT,
    "SocketFilter": PolicyResult.SOCKET_FILTER,
}
_PLAIN: Final = {
    "ScopedDirect": PolicyResult.SCOPED_DIRECT,
    "AllowUnentitled": PolicyResult.ALLOW_UNENTITLED,
}
_KINDS: Final = {
    "Cell": RouteRuleFlag.CELLULAR,
    "WiFi": RouteRuleFlag.WIFI,
    "Wired": RouteRuleFlag.WIRED,
    "Exp": RouteRuleFlag.EXPENSIVE,
    "Constrained": RouteRuleFlag.CONSTRAINED,
}
_RESULT: Final = re.compile(r"(?P<name>\w+)(?: \((?P<parameter>.*)\)?)?")
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_INTERFACE_NAME: Final = re.compile(r"[A-Za-z][\w.-]{0,14}")


@dataclass(slots=True)
class DumpedPolicy:
    """One policy of a dump. ``conditions`` is None if they do not end where they should."""

    number: int
    order: int = 0
    session_order: int = 0
    result: str = ""
    owner: str = ""
    conditions: list[DumpedCondition] | None = field(default_factory=list)


def begins_as_policy_dump(head: bytes) -> bool:
    """Whether a file begins as a dump: its bytes, or their hexadecimal digits."""
    return _is_dump(head) or _is_dump(_from_hex(head[: head.rfind(b"\n") + 1] or head) or b"")


def read_policy_dump(stream: IO[bytes], note: Notes) -> Iterator[SeenCall | IfaceAttach]:
    """The interfaces that policies name, and the calls that recreate the policies of a dump."""
    content = stream.read(MAX_DUMP_BYTES + 1)
    if len(content) > MAX_DUMP_BYTES:
        raise ImportedFileError("a policy dump of more than 16 MiB")
    dump = content if _is_dump(content) else _from_hex(content)
    if dump is None or not _is_dump(dump):
        raise ImportedFileError("it is neither a policy dump nor the hexadecimal digits of one")
    policies = list(_policies(dump, note))
    for index, name in enumerate(_interfaces(policies), 1):
        yield IfaceAttach(index, name)
    yield from _calls(policies, note)


def _is_dump(content: bytes) -> bool:
    if len(content) < _TOTAL.size + TLV_HEADER.size:
        return False
    (total,) = _TOTAL.unpack_from(content)
    type_, length = TLV_HEADER.unpack_from(content, _TOTAL.size)
    return bool(type_ == PolicyTlv.POLICY_DUMP and 0 < length <= total <= MAX_DUMP_BYTES)


def _from_hex(content: bytes) -> bytes | None:
    """The bytes of hexadecimal digits: plain, or as xxd and hexdump -C print them."""
    digits = []
    for line in content.splitlines():
        text = line.strip()
        if not text:
            continue
        found = _HEX_LINE.fullmatch(text)
        if found is None:
            return None
        digits.append(found["digits"].replace(b"0x", b"").translate(None, b" \t"))
    joined = b"".join(digits)
    return bytes.fromhex(joined[: len(joined) & ~1].decode("ascii"))


def _policies(dump: bytes, note: Notes) -> Iterator[DumpedPolicy]:
    (total,) = _TOTAL.unpack_from(dump)
    body = dump[_TOTAL.size : _TOTAL.size + total]
    read: list[tuple[DumpedPolicy, bytes]] = []
    number = 0
    for _, type_, value in iterate_tlvs(body):
        number += 1
        if type_ != PolicyTlv.POLICY_DUMP:
            note(LineNote(number, False, f"a TLV of type {type_}, which is not a policy", True))
            continue
        policy, conditions = DumpedPolicy(number), b""
        for _, inner, content in iterate_tlvs(value):
            if inner == PolicyTlv.POLICY_ORDER and len(content) == 4:
                (policy.order,) = _UINT32.unpack(content)
            elif inner == PolicyTlv.POLICY_SESSION_ORDER and len(content) == 4:
                (policy.session_order,) = _UINT32.unpack(content)
            elif inner == PolicyTlv.POLICY_RESULT_STRING:
                policy.result = _text(content)
            elif inner == PolicyTlv.POLICY_OWNER:
                policy.owner = _text(content)
            elif inner == PolicyTlv.POLICY_CONDITION:
                conditions = content
        read.append((policy, conditions))
    have_flags = conditions_have_flags(conditions for _, conditions in read)
    for policy, content in read:
        found, rest = read_conditions(content, have_flags=have_flags)
        policy.conditions = found if are_whole(found, rest) else None
        yield policy
    if tlvs_end(body) != total:
        note(LineNote(number + 1, False, "the dump is cut short here", is_loss=True))


def _text(content: bytes) -> str:
    return content.partition(b"\0")[0].decode("utf-8", "replace")


def _interfaces(policies: list[DumpedPolicy]) -> list[str]:
    """The names of the interfaces that policies name, in order."""
    names: list[str] = []
    for policy in policies:
        found = _RESULT.match(policy.result)
        parameter = (found["parameter"] or "").rstrip(")") if found is not None else ""
        if found is not None and found["name"] in _WITH_INTERFACE:
            names.append(parameter)
        if found is not None and found["name"] == "RouteRules":
            names += [word for word in _rule_words(parameter)[1] if word not in _KINDS]
        names += [
            _text(each.value)
            for each in policy.conditions or ()
            if each.type_ == PolicyCondition.BOUND_INTERFACE
        ]
    return [name for name in dict.fromkeys(names) if _INTERFACE_NAME.fullmatch(name)]


def _calls(policies: list[DumpedPolicy], note: Notes) -> Iterator[SeenCall]:
    """A session for each order of sessions, by the process that owns it."""
    pids: dict[str, int] = {}
    fds: dict[int, int] = {}
    orders = sorted({policy.session_order for policy in policies})
    for order in orders:
        mine = [policy for policy in policies if policy.session_order == order]
        tlvs = [(policy, policy_tlvs(policy)) for policy in mine]
        owner = mine[0].owner
        pid = pids.setdefault(owner, _FIRST_PID + len(pids))
        fds[pid] = fd = fds.get(pid, 2) + 1
        opened = SeenCall("necp_session_open", (0,), mine[0].number, pid, process=owner, fd=fd)
        opened.has_outcome = False
        yield opened
        priority = (order - 1) // _ORDERS_PER_PRIORITY + 1 if order else 0
        yield _action(
            SessionAction.SET_SESSION_PRIORITY, fd, pid, mine[0], SESSION_PRIORITY.pack(priority)
        )
        for policy, (content, lost) in tlvs:
            if content is None:
                note(LineNote(policy.number, False, f"{_policy_text(policy)}: {lost}", True))
                continue
            note(LineNote(policy.number, True, f"{_policy_text(policy)}{lost}"))
            yield _action(SessionAction.POLICY_ADD, fd, pid, policy, content)
        yield _action(SessionAction.POLICY_APPLY_ALL, fd, pid, mine[-1], None)


def _action(
    action: SessionAction, fd: int, pid: int, policy: DumpedPolicy, content: bytes | None
) -> SeenCall:
    adds = action is SessionAction.POLICY_ADD
    arguments = (fd, action, 0 if content is None else 1, len(content or b""), int(adds), 4 * adds)
    call = SeenCall("necp_session_action", arguments, policy.number, pid, process=policy.owner)
    call.has_outcome = False
    if content is not None:
        call.before = {2: content}
    if adds:
        call.before = {**call.before, 4: bytes(4)}
    return call


def _policy_text(policy: DumpedPolicy) -> str:
    owner = f" of {policy.owner}" if policy.owner else ""
    return f"policy {policy.session_order}/{policy.order}{owner}, {policy.result or 'no result'}"


def policy_tlvs(policy: DumpedPolicy) -> tuple[bytes | None, str]:
    """The TLVs of POLICY_ADD for a policy, and what of it is not sure.

    None for a policy whose result or conditions are not known; the text then says why.
    """
    if policy.conditions is None:
        return None, "its conditions do not end where they should"
    result = _result_tlvs(policy.result)
    if result is None:
        return None, "its result is not known"
    content = pack_tlv(PolicyTlv.POLICY_ORDER, POLICY_ORDER.pack(policy.order))
    unsure = []
    for each in policy.conditions or [DumpedCondition(PolicyCondition.DEFAULT, 0, 0, b"")]:
        kind, value = each.type_, each.value
        if kind in _WITHOUT_NUL:
            value = value.rstrip(b"\0")
        if kind == PolicyCondition.PID:
            value = value[:4]
        content += pack_tlv(PolicyTlv.POLICY_CONDITION, bytes((kind, each.flags or 0)) + value)
        if each.flags is None and kind not in _NEVER_NEGATIVE:
            unsure = ["whether a condition is negative is not known"]
    if len(policy.result.encode()) >= _MAX_RESULT_CHARACTERS:
        unsure.append("its result is cut short")
    return content + result, f"; {', '.join(unsure)}" if unsure else ""


def _result_tlvs(text: str) -> bytes | None:
    """The TLVs of a result that is written as text; None for one that is not known."""
    found = _RESULT.match(text)
    if found is None:
        return None
    name, parameter = found["name"], (found["parameter"] or "").rstrip(")")
    if name in ("Pass", "Drop"):
        type_ = PolicyResult.PASS if name == "Pass" else PolicyResult.DROP
        flags = _number(parameter or "0", 16)
        return None if flags is None else _result(type_, _UINT32.pack(flags) if flags else b"")
    if name in _WITH_NUMBER:
        number = _number(parameter, 10)
        return None if number is None else _result(_WITH_NUMBER[name], _UINT32.pack(number))
    if name in _PLAIN:
        return _result(_PLAIN[name], b"")
    if name in _WITH_INTERFACE:
        type_, before = _WITH_INTERFACE[name]
        is_name = _INTERFACE_NAME.fullmatch(parameter) is not None
        return _result(type_, before + parameter.encode() + b"\0") if is_name else None
    if name in _WITH_SERVICE or name in _WITH_AGENT:
        uuid = _UUID.match(parameter)
        if uuid is None:
            return None
        content = bytes.fromhex(uuid[0].replace("-", ""))
        if name in _WITH_AGENT:
            return _result(_WITH_AGENT[name], content)
        data = _number(parameter[uuid.end() + 1 :] or "0", 10)
        return _result(_WITH_SERVICE[name], RESULT_SERVICE.pack(content, data or 0))
    if name == "RouteRules":
        return _route_rules(parameter)
    return None


def _route_rules(text: str) -> bytes | None:
    action, words = _rule_words(text)
    if not words and action is not RouteRuleAction.ALLOW_INTERFACE:
        return None
    rules = []
    for word in words:
        kinds = int(_KINDS.get(word, 0))
        name = b"" if kinds else word.encode() + b"\0"
        if name and _INTERFACE_NAME.fullmatch(word) is None:
            return None
        rules.append(pack_tlv(PolicyTlv.ROUTE_RULE, bytes((action, kinds)) + name))
    if action is RouteRuleAction.ALLOW_INTERFACE:
        # All others are denied by a rule without an interface.
        rules.append(pack_tlv(PolicyTlv.ROUTE_RULE, bytes((RouteRuleAction.DENY_INTERFACE, 0))))
    elif action is RouteRuleAction.QOS_MARKING:
        rules.append(pack_tlv(PolicyTlv.ROUTE_RULE, bytes((action, 0))))
    return _result(PolicyResult.ROUTE_RULES, b"") + b"".join(rules)


def _rule_words(text: str) -> tuple[RouteRuleAction, list[str]]:
    """What route rules do, and the kinds and names that they are about."""
    if text.startswith("Only "):
        return RouteRuleAction.ALLOW_INTERFACE, text[5:].split()
    if text.startswith("QoSMarking "):
        return RouteRuleAction.QOS_MARKING, text[11:].split()
    words = [word.strip() for word in text.split("!")]
    return RouteRuleAction.DENY_INTERFACE, [word for word in words if word]


def _result(type_: PolicyResult, parameter: bytes) -> bytes:
    return pack_tlv(PolicyTlv.POLICY_RESULT, bytes((type_,)) + parameter)


def _number(text: str, base: int) -> int | None:
    """A number of 32 bits, as two's complement; None for any other text."""
    try:
        number = int(text.strip()[:12], base)
    except ValueError:
        return None
    return number & 0xFFFF_FFFF if -(1 << 31) <= number < 1 << 32 else None

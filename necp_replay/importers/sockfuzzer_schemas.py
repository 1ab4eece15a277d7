"""The public revisions of SockFuzzer's sessions: what of their schemas NECP needs.

Numbers and names are those of the published schemas (net_fuzzer.proto of 2020; session.proto and
bsd.proto of version 3). Of other commands the number and the name are kept, for notes about them.
"""

from __future__ import annotations

from typing import Final

from necp_replay.importers.proto_schema import ProtoSchema, SchemaField

_NECP: Final[dict[str, dict[int, tuple[str, str]]]] = {
    "NecpSessionAction": {
        1: ("necp_fd", "FileDescriptor"),
        2: ("action", "NecpSessionActionNumber"),
        3: ("in_buffer", "bytes"),
        4: ("out_buffer_size", "uint32"),
    },
    "NecpClientAction": {
        1: ("necp_fd", "FileDescriptor"),
        3: ("client_id", "NecpClientId"),
        5: ("add", "NecpClientActionAdd"),
        6: ("remove", "NecpClientActionRemove"),
        7: ("copy_parameters", "NecpClientActionCopyParameters"),
        11: ("agent", "NecpClientActionAgent"),
    },
    "NecpClientActionAdd": {1: ("buffer", "bytes")},
    "NecpClientActionRemove": {},
    "NecpClientActionCopyParameters": {1: ("copyout_size", "uint32")},
    "NecpClientActionAgent": {1: ("necp_tlv", "NecpTlv")},
    "NecpTlv": {1: ("necp_type", "uint32"), 2: ("data", "bytes")},
}
_OLD_COMMANDS: Final = {
    1: "ip_input",
    3: "ioctl",
    4: "set_sock_opt",
    5: "ioctl_real",
    6: "connectx",
    7: "connect",
    8: "listen",
    9: "disconnectx",
    10: "get_sock_opt",
    11: "bind",
    12: "accept",
    13: "socket",
    15: "clear_all",
    21: "accept_nocancel",
    22: "connect_nocancel",
    23: "getpeername",
    24: "getsockname",
    25: "peeloff",
    26: "recvfrom",
    27: "recvfrom_nocancel",
    28: "recvmsg",
    34: "sendto",
    38: "socketpair",
    39: "pipe",
    40: "shutdown",
}
_NEW_COMMANDS: Final = {
    20: "mach_msg",
    21: "mach_msg_overwrite",
    32: "arb_bsd_syscall",
    33: "arb_mach_trap",
    34: "ip_input",
    35: "ioctl",
    37: "ioctl_real",
    38: "connectx",
    41: "disconnectx",
    64: "mig_routine_mach_msg",
    66: "kevent",
    67: "processor_exception",
    71: "mach_msg2_trap",
}
REQUIRED: Final = "required "
"""What the type of a field begins with that every message has."""


def _schema(name: str, messages: dict[str, dict[int, tuple[str, str]]]) -> ProtoSchema:
    schema = ProtoSchema(name)
    for message, fields in {**_NECP, **messages}.items():
        schema.messages[message] = {
            number: SchemaField(field, type_.removeprefix(REQUIRED), type_.startswith(REQUIRED))
            for number, (field, type_) in fields.items()
        }
    return schema


REVISIONS: Final = (
    _schema(
        "of 2020 (net_fuzzer.proto)",
        {
            "Session": {1: ("commands", "Command"), 2: ("data_provider", "required bytes")},
            "Command": {
                **{number: (name, "bytes") for number, name in _OLD_COMMANDS.items()},
                14: ("close", "Close"),
                16: ("necp_match_policy", "NecpMatchPolicy"),
                17: ("necp_open", "NecpOpen"),
                18: ("necp_client_action", "NecpClientAction"),
                19: ("necp_session_open", "NecpSessionOpen"),
                20: ("necp_session_action", "NecpSessionAction"),
            },
            "Close": {1: ("fd", "FileDescriptor")},
            "NecpMatchPolicy": {1: ("parameters", "bytes")},
            "NecpOpen": {1: ("flags", "NecpOpenFlag")},
            "NecpSessionOpen": {},
        },
    ),
    _schema(
        "of version 3 (session.proto)",
        {
            "Session": {
                1: ("commands1", "Command"),
                2: ("commands2", "Command"),
                3: ("commands3", "Command"),
                4: ("schedule", "required Schedule"),
                5: ("xnu_data_provider", "required bytes"),
            },
            "Schedule": {1: ("rand_seed", "uint32"), 2: ("thread_choices", "bytes")},
            "Command": {
                **{number: (name, "bytes") for number, name in _NEW_COMMANDS.items()},
                49: ("necp_client_action", "NecpClientAction"),
                51: ("necp_session_action", "NecpSessionAction"),
                69: ("syscall", "BsdSyscall"),
            },
            # The numbers are those of the system calls.
            "BsdSyscall": {
                6: ("close", "CloseMessage"),
                97: ("socket", "bytes"),
                42: ("pipe", "bytes"),
                135: ("socketpair", "bytes"),
                460: ("necp_match_policy", "NecpMatchPolicyMessage"),
                501: ("necp_open", "NecpOpenMessage"),
                522: ("necp_session_open", "NecpSessionOpenMessage"),
            },
            "CloseMessage": {1: ("fd", "FileDescriptor")},
            "NecpMatchPolicyMessage": {1: ("parameters_size", "uint64")},
            "NecpOpenMessage": {1: ("flags", "NecpOpenFlag")},
            "NecpSessionOpenMessage": {1: ("flags", "int32")},
        },
    ),
)
"""Every public revision."""
IDENTIFIERS: Final[dict[str, int]] = {
    **{f"FD_{number}": number for number in range(10)},
    **{f"CLIENT_{number}": number for number in range(3)},
    "NECP_OPEN_FLAG_OBSERVER": 1,
    "NECP_OPEN_FLAG_BACKGROUND": 2,
    "NECP_OPEN_FLAG_PUSH_OBSERVER": 4,
}
"""Identifiers of enums in the text format, besides those of session actions."""

"""Small files of every format that is imported, by the format's name."""

from __future__ import annotations

from typing import Final

from tests.importers.kdebug_files import ADD, OPEN, version_2

SAMPLES: Final[dict[str, bytes]] = {
    "strace-json": b'{"syscall": "necp_open", "args": [0], "return": 4, "pid": 8}\n',
    "strace": b"necp_open(0) = 4\n",
    "dtruss": b"  812/0x1f2a:  necp_open(0x0, 0x0, 0x0)\t\t = 4 0\n",
    "f8": b"F8_SYSCALL 812 7978 necp_open 4 0 1764367200000100 0x0\n",
    "pykdebugparser": b"necp_open(0), fd: 4\n",
    "log": b"App[7] <Error>: Failed to copy updated result (22)\n",
    "kdebug": version_2([*OPEN, *ADD]),
    "sockfuzzer": b"commands1 { syscall { necp_open { flags: 0 } } }\n",
    "policy-dump": bytes.fromhex(
        "35000000653000000002040000000a000000670400000001000000660500000044726f"
        "7000640500000076706e640003050000000000000000"
    ),
    "dtrace": b"NECP1 pid=8 call=necp_open args=0x0 ret=4 errno=0\n",
}

"""Small files of every format that is imported, by the format's name."""

from __future__ import annotations

from typing import Final

SAMPLES: Final[dict[str, bytes]] = {
    "strace-json": b'{"syscall": "necp_open", "args": [0], "return": 4, "pid": 8}\n',
    "strace": b"necp_open(0) = 4\n",
    "dtruss": b"  812/0x1f2a:  necp_open(0x0, 0x0, 0x0)\t\t = 4 0\n",
    "f8": b"F8_SYSCALL 812 7978 necp_open 4 0 1764367200000100 0x0\n",
    "pykdebugparser": b"necp_open(0), fd: 4\n",
    "dtrace": b"NECP1 pid=8 call=necp_open args=0x0 ret=4 errno=0\n",
}

"""A client of a NECP fd: its parameters, its result and its flows."""

from __future__ import annotations

from necp_replay.abi.client import MAX_CLIENT_RESULT_BYTES
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.objects.socket import MultipathBlock

RESULT_OVERFLOWED = -1
"""``result_length`` of a result that outgrew its buffer. The kernel's length wraps around."""


class Client:
    """``struct necp_client``.

    ``result`` is the whole 512-byte buffer, of which the first ``result_length`` bytes are valid.
    The bytes after them are kept, since the kernel compares new TLVs with what was there before.
    ``flow_list`` and ``assertion_list`` have the newest first. ``parsed_parameters`` is None until
    the first evaluation.
    """

    __slots__ = (
        "allow_multiple_flows",
        "assertion_list",
        "background",
        "background_update",
        "client_id",
        "current_route",
        "defunct",
        "flow_list",
        "flow_result_read",
        "interface_handle",
        "interface_has_cb",
        "ip_protocol",
        "parameters",
        "parsed_parameters",
        "platform_binary",
        "policy_id",
        "proc_pid",
        "result",
        "result_length",
        "result_read",
    )

    def __init__(self, client_id: bytes, parameters: bytes, proc_pid: int) -> None:
        self.client_id = client_id
        self.parameters = bytearray(parameters)
        self.parsed_parameters: ParsedParameters | None = None
        self.proc_pid = proc_pid
        self.result = bytearray(MAX_CLIENT_RESULT_BYTES)
        self.result_length = 0
        self.result_read = False
        self.flow_result_read = False
        self.allow_multiple_flows = False
        self.defunct = False
        self.background = False
        self.background_update = False
        self.platform_binary = False
        self.policy_id = 0
        self.ip_protocol = 0
        self.flow_list: list[Flow] = []
        self.assertion_list: list[bytes] = []
        self.current_route: Route | None = None
        self.interface_handle: MultipathBlock | None = None
        self.interface_has_cb = False

"""What parameters of a client need a privilege."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.kernel.call import refuse
from necp_replay.kernel.description import Check, logged
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.privileges import has_privilege, may_control_nexuses
from necp_replay.kernel.state import KernelState


def check_privileges(
    kernel: KernelState, process: Process, parsed: ParsedParameters, function: str
) -> None:
    """Raises SyscallError(EPERM) for parameters that the process may not give.

    There is a log record of ``function``, and two of them if the parameters name both another
    process and another bundle.

    Source: necp_client_add, xnu-8019.80.24.
    """
    names_process = parsed.delegated_upid is not None
    if (names_process or parsed.names_bundle) and not has_privilege(process, _DELEGATE):
        if names_process and parsed.names_bundle:
            kernel.log(LOG_ERR, function)
        _refuse(kernel, DELEGATES if names_process else ATTRIBUTES, process, function)
    if parsed.flags & _INTERPOSE and not may_control_nexuses(process):
        _refuse(kernel, INTERPOSES, process, function)
    if parsed.flags & _CUSTOM and not has_privilege(process, _CUSTOM_PROTOCOL):
        _refuse(kernel, HAS_OWN_PROTOCOL, process, function)


def _refuse(kernel: KernelState, check: Check, process: Process, function: str) -> None:
    refuse(kernel, check, function, values={"uid": process.uid})


# Plain numbers: operations on enumeration members cost several times as much.
_INTERPOSE: Final = int(ClientParameterFlag.INTERPOSE)
_CUSTOM: Final = int(ClientParameterFlag.CUSTOM_ETHER | ClientParameterFlag.CUSTOM_IP)
_DELEGATE: Final = "PRIV_NET_PRIVILEGED_SOCKET_DELEGATE"
_CUSTOM_PROTOCOL: Final = "PRIV_NET_CUSTOM_PROTOCOL"

_FACT: Final = "added_clients_need_privileges"
DELEGATES: Final = logged(
    Errno.EPERM, f"the client acts for another process, without {_DELEGATE}", fact=_FACT
)
ATTRIBUTES: Final = logged(
    Errno.EPERM, f"the client acts for another bundle, without {_DELEGATE}", fact=_FACT
)
INTERPOSES: Final = logged(
    Errno.EPERM,
    "the client has the flag INTERPOSE, and the process has no privilege PRIV_SKYWALK_OBSERVE_ or "
    "PRIV_SKYWALK_REGISTER_",
    fact=_FACT,
)
HAS_OWN_PROTOCOL: Final = logged(
    Errno.EPERM,
    f"the client has the flag CUSTOM_ETHER or CUSTOM_IP, without {_CUSTOM_PROTOCOL}",
    fact=_FACT,
)

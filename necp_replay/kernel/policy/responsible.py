"""The process that is responsible for another one: when it stands for that one in policies."""

from __future__ import annotations

from typing import Final, NamedTuple

from necp_replay.abi.policy import KernelCondition
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.objects.process import NO_PROCESS, Process
from necp_replay.kernel.objects.socket_info import SocketInfo
from necp_replay.kernel.policy.delegation import Identity, acted_for
from necp_replay.kernel.policy.exemptions import is_platform_binary
from necp_replay.kernel.state import KernelState


class Responsible(NamedTuple):
    """The application that stands for a process, and the responsible process, if there is one.

    ``process`` is ``NO_PROCESS`` where no process has the responsible pid any more.
    """

    application: bytes
    process: Process


def responsible_for(kernel: KernelState, identity: Identity) -> Responsible | None:
    """Who is responsible for the process with the pid of an identity; None for itself or nobody.

    Kernel quirk: from xnu-10063 on, the application is not that of the responsible process, but
    what the process itself has as its responsible application. Until that is set, it is the
    executable of the process. Measured in x6153_responsible_pid.

    Source: necp_application_find_policy_match_internal, xnu-6153.101.6, xnu-10063.101.15.
    """
    profile = kernel.profile
    if not profile.responsible_process_counts:
        return None
    process = acted_for(kernel, identity)
    pid = process.responsible_pid
    if pid <= 0 or pid == identity.pid:
        return None
    responsible = kernel.find_process(pid)
    if profile.responsible_application_is_kept:
        kept = process.responsible_uuid
        application = process.exec_uuid if kept is None else kept
    else:
        application = ZERO_UUID if responsible is None else responsible.exec_uuid
    return Responsible(application, responsible or NO_PROCESS)


def claim_for_application(kernel: KernelState, info: SocketInfo, responsible: Responsible) -> None:
    """Make a responsible application the effective one, if a policy names it.

    Source: necp_application_fillout_info_locked, xnu-6153.101.6.
    """
    if responsible.application == ZERO_UUID:
        return
    application_id = kernel.policies.uuid_ids.app_id_of(responsible.application)
    if application_id:
        info.real_application_id = info.application_id
        info.application_id = application_id
        _use(kernel, info, responsible)


def fill_out_binaries(
    kernel: KernelState, info: SocketInfo, responsible: Responsible | None, asked: int
) -> None:
    """Fill in which processes are platform binaries.

    In later releases a process counts as one if the responsible process is one.

    Source: necp_application_fillout_info_locked, xnu-8019.41.5, xnu-11215.1.10.
    """
    info.is_platform_binary = is_platform_binary(kernel, info.process)
    info.real_is_platform_binary = is_platform_binary(kernel, info.asking_process)
    if (
        kernel.profile.responsible_binaries_count
        and asked & _PLATFORM_BINARIES
        and responsible is not None
        and info.process is not NO_PROCESS
        and not info.is_platform_binary
        and is_platform_binary(kernel, responsible.process)
    ):
        info.is_platform_binary = True
        _use(kernel, info, responsible)


def _use(kernel: KernelState, info: SocketInfo, responsible: Responsible) -> None:
    info.responsible_application = responsible.application
    if kernel.profile.acted_for_process_is_asked:
        info.process = responsible.process


_PLATFORM_BINARIES: Final = int(
    KernelCondition.PLATFORM_BINARY | KernelCondition.DELEGATE_IS_PLATFORM_BINARY
)

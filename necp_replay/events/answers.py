"""What the outcome of each input has: the class of its answer, an error number, a value."""

from __future__ import annotations

from typing import Final

from necp_replay.events import (
    agents,
    clock,
    interfaces,
    notifications,
    snapshot,
    sockets,
    syscalls,
)
from necp_replay.events import outcome as answers

NATURAL_ANSWERS: Final[dict[type, type]] = {
    clock.TimerFire: answers.TimerAnswer,
    interfaces.IfaceAttach: answers.InterfaceAnswer,
    interfaces.IfaceUpdate: answers.InterfaceAnswer,
    agents.NetagentGetopt: answers.OptionData,
    sockets.RegisterSocketFlow: answers.BlockClient,
    sockets.AssignFromSocket: answers.BlockClient,
    sockets.InpcbRemoveCb: answers.BlockClient,
    sockets.InpcbDispose: answers.BlockClient,
    sockets.RegisterMultipathCb: answers.BlockClient,
    sockets.MppcbDispose: answers.BlockClient,
    sockets.SocketSetAttributes: answers.AttributesAnswer,
    sockets.SocketGetAttributes: answers.AttributesAnswer,
    sockets.SocketAllowedToRecv: answers.Allowed,
    sockets.SocketSetResolverSignature: answers.SignatureAnswer,
    sockets.SocketGetResolverSignature: answers.SignatureAnswer,
    notifications.CopyNexusParameters: answers.NexusParametersAnswer,
    notifications.CreateNexusAssignMessage: answers.AssignMessage,
    notifications.TakeSnapshot: snapshot.Snapshot,
    syscalls.FdPoll: answers.Readiness,
    syscalls.FdSelect: answers.Selected,
    syscalls.NecpClientAction: answers.ActionBuffers,
    syscalls.NecpSessionAction: answers.SessionBuffer,
    syscalls.NecpMatchPolicy: answers.MatchResult,
}
"""The class of each input's answer. An input that is not here has no answer."""
NEVER_NONE: Final = frozenset({answers.ActionBuffers, answers.SessionBuffer, answers.MatchResult})
"""Answers that an outcome of their input always has, even if no buffer is shown."""
WITH_RETVAL: Final = frozenset(
    {
        syscalls.NecpClientAction,
        syscalls.NecpMatchPolicy,
        syscalls.NecpOpen,
        syscalls.NecpSessionAction,
        syscalls.NecpSessionOpen,
        syscalls.NetagentTrigger,
        syscalls.OpenOther,
    }
)
"""Inputs that return a value when they succeed."""
WITHOUT_ERRNO: Final = frozenset(
    {clock.Now, clock.TimerFire, notifications.TakeSnapshot, sockets.SocketAllowedToRecv}
)
"""Inputs that have no error number."""

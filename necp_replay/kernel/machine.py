"""The machine: ``submit`` applies an input and returns its outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, Self, assert_never, get_args

from necp_replay.abi.policy import KernelCondition
from necp_replay.events import clock, inputs, interfaces, notifications, routes, syscalls
from necp_replay.events.determination import Determination, needs_unknown_field
from necp_replay.events.effects import Panic
from necp_replay.events.outcome import (
    Absent,
    NotDetermined,
    Outcome,
    Panicked,
    TimerAnswer,
    TypeConfused,
)
from necp_replay.events.snapshot import ClientSnapshot, Snapshot
from necp_replay.events.unmeasured_inputs import UUIDS
from necp_replay.kernel.agents.handle import handle_agent
from necp_replay.kernel.clients.arenas import fire_timer
from necp_replay.kernel.description import Description
from necp_replay.kernel.evaluation_cache import CACHE_ENTRIES
from necp_replay.kernel.exceptions import (
    KernelPanic,
    NotModelled,
    TooManyEffects,
    TypeConfusion,
    UnknownInput,
)
from necp_replay.kernel.interfaces.handle import handle_interface
from necp_replay.kernel.notifications.callout import update_all_clients_callout
from necp_replay.kernel.notifications.handle import handle_notification
from necp_replay.kernel.policy_control import handle_policy_control
from necp_replay.kernel.processes import handle_process
from necp_replay.kernel.routing.handle import handle_route
from necp_replay.kernel.snapshot import clients_by_id, take_counters, take_snapshot
from necp_replay.kernel.sockets.handle import handle_socket
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.syscalls.handle import handle_fd, handle_syscall
from necp_replay.kernel.update_timer import update_all_clients
from necp_replay.kernel.user_memory import name_unknown_bytes
from necp_replay.releases.profile import Profile

if TYPE_CHECKING:
    from necp_replay.kernel.saving.classes import MachineParts


class Machine:
    """One modelled system of one release.

    It is deterministic and does no I/O: the same steps give the same outcomes. After a panic, a
    type confusion that overwrote something, or an input with too many effects, which was carried
    out in part, the state is unknown, so every later outcome is ``Absent``. What an input needs
    and does not know is ``NotDetermined``, and so is what follows from it.

    ``cache_entries`` is how many evaluations each cache holds at most. It changes time and memory,
    never outcomes (:mod:`necp_replay.kernel.evaluation_cache`).
    """

    def __init__(
        self,
        profile: Profile,
        *,
        cache_entries: int = CACHE_ENTRIES,
    ) -> None:
        self._kernel = KernelState(profile, cache_entries)
        self._ended: str | None = None
        self._determination: Determination | None = None
        self._is_exceptional = False

    def make_missing_ids(self) -> None:
        """From now on, make ids that a record does not name, the same in every run.

        This is for traces of other releases, which may generate fewer.
        """
        self._kernel.makes_missing_ids = True

    @property
    def profile(self) -> Profile:
        """The facts of the release that this machine models."""
        return self._kernel.profile

    @property
    def is_down(self) -> bool:
        """Whether the modelled system panicked, or its state is not known any more."""
        return self._ended is not None

    @property
    def is_determined(self) -> bool:
        """Whether every input so far was known well enough to determine what it did."""
        return self._determination is None

    def submit(self, step: inputs.Step) -> Outcome:
        """Apply one input and return its outcome. No input of a trace makes it raise."""
        if self._is_exceptional or step.unmeasured:
            return self._submit_exceptional(step)
        try:
            return self._apply(step)
        except UnknownInput as unknown:
            return self._judge(step, Outcome(answer=NotDetermined(unknown.why)))

    def _submit_exceptional(self, step: inputs.Step) -> Outcome:
        """Apply an input that is not known completely, or while a part of the state is in doubt."""
        if self._ended is not None:
            outcome = Outcome(answer=Absent(self._ended))
            known = self._determination
            return outcome if known is None else known.judge(step, outcome)
        field = needs_unknown_field(step)
        self._kernel.knows_uuids = UUIDS not in step.unmeasured
        if field is None:
            try:
                outcome = self._apply(step)
            except UnknownInput as unknown:
                outcome = Outcome(answer=NotDetermined(unknown.why))
        else:
            outcome = Outcome(answer=NotDetermined(f"the input's field {field} is not known"))
            if step.now_ns is not None:
                self._kernel.now_ns = step.now_ns
        self._kernel.knows_uuids = True
        return self._judge(step, name_unknown_bytes(outcome))

    def _judge(self, step: inputs.Step, outcome: Outcome) -> Outcome:
        """The outcome, with the parts marked that are not determined after the earlier inputs."""
        if self._determination is None and isinstance(outcome.answer, NotDetermined):
            self._determination = Determination(self.snapshot())
            self._is_exceptional = True
        known = self._determination
        if known is None:
            return outcome
        conditions = self._kernel.policies.application_policies_condition_mask
        if conditions & KernelCondition.CUSTOM_ENTITLEMENT:
            # The first process that is compared with such a policy decides for all later ones.
            known.doubt_evaluations()
        return known.judge(step, outcome)

    def _apply(self, step: inputs.Step) -> Outcome:
        """The outcome of an input that is known well enough. Raises UnknownInput otherwise."""
        kernel = self._kernel
        effects = kernel.effects = []
        kernel.failed = None
        if step.now_ns is not None:
            kernel.now_ns = step.now_ns
        kernel.caller = None
        if kernel.uuids:
            kernel.uuids.clear()
        if step.uuids:
            kernel.uuids.extend(step.uuids)
        try:
            outcome = HANDLERS[type(step.input)](kernel, step.input)
        except KernelPanic as panic:
            self._end("the kernel panicked at an earlier record")
            effects.append(Panic(panic.function, panic.reason))
            outcome = Outcome(answer=Panicked())
        except TypeConfusion as confusion:
            self._end("a type confusion at an earlier record left the state undefined")
            return Outcome(answer=TypeConfused(confusion.function, confusion.would_corrupt))
        except TooManyEffects as absent:
            self._end("an earlier record had more effects than an outcome holds")
            return Outcome(answer=Absent(absent.why))
        except NotModelled as absent:
            return Outcome(answer=Absent(absent.why))
        if effects:
            outcome.effects = tuple(effects)
        return outcome

    def _end(self, why: str) -> None:
        self._ended = why
        self._is_exceptional = True

    def snapshot(self) -> Snapshot:
        """The complete state: fds, clients, results, flows, counters, policies, agents, routes."""
        return take_snapshot(self._kernel, full=True)

    def counters(self) -> Snapshot:
        """The counters of the snapshot, without fds and everything in them."""
        return take_counters(self._kernel)

    def clients(self, ids: Iterable[bytes]) -> tuple[tuple[tuple[int, int], ClientSnapshot], ...]:
        """The clients with one of these ids as the snapshot has them, each with pid and fd."""
        return clients_by_id(self._kernel, frozenset(ids))

    def save(self) -> bytes:
        """The state as bytes, for :meth:`restore`. Equal states give equal bytes everywhere.

        They say which form, which engine and which release they are of. See
        :mod:`necp_replay.kernel.saving`.
        """
        from necp_replay.kernel.saving import form  # Not above: few commands save a state.

        return form.save(self._parts())

    @classmethod
    def restore(cls, profile: Profile, state: bytes) -> Self:
        """A machine that goes on where :meth:`save` was called, whoever made the bytes.

        Raises SavedStateError for bytes that are not a state of this engine and of the profile's
        release. The profile may differ in facts: those apply from here on.
        """
        from necp_replay.kernel.saving import form  # Not above: see save.

        machine = cls(profile)
        machine._take(form.restore(profile, state))
        return machine

    def fork(self, profile: Profile | None = None) -> Self:
        """A second machine in the same state, which shares nothing that can change.

        ``profile`` has other facts for it, those of this machine if it is None.
        """
        from necp_replay.kernel.saving import form  # Not above: see save.

        known = self.profile if profile is None else profile
        machine = type(self)(known)
        machine._take(form.fork(self._parts(), known))
        return machine

    def _parts(self) -> MachineParts:
        from necp_replay.kernel.saving.classes import MachineParts  # Not above: see save.

        return MachineParts(self._kernel, self._ended, self._determination)

    def _take(self, parts: MachineParts) -> None:
        """Go on from this state, with the limits of caches that this machine was made with."""
        parts.kernel.use_caches_of(self._kernel)
        self._kernel, self._ended, self._determination = parts
        self._is_exceptional = self._ended is not None or self._determination is not None

    @property
    def unused_uuids(self) -> int:
        """How many of the last step's ids the kernel did not ask the random generator for."""
        return len(self._kernel.uuids)


def _handle_clock(kernel: KernelState, event: inputs.ClockInput) -> Outcome:
    match event:
        case clock.Now():
            kernel.now_ns = event.ns
            return Outcome()
        case clock.UpdateAllClients():
            update_all_clients(kernel)
            return Outcome(errno=0)
        case clock.TimerFire() if event.timer:
            return fire_timer(kernel, event)
        case clock.TimerFire():
            fired = kernel.update_timer_armed
            kernel.update_timer_armed = False
            if fired:
                update_all_clients_callout(kernel)
            return Outcome(answer=TimerAnswer(fired))
        case _:
            assert_never(event)


def _emptying(
    forget: Callable[[KernelState], None], handle: Callable[[KernelState, Any], Outcome]
) -> Callable[[KernelState, Any], Outcome]:
    """The handler, with caches emptied before and after it."""

    def handle_with_empty_caches(kernel: KernelState, event: Any) -> Outcome:
        forget(kernel)
        try:
            return handle(kernel, event)
        finally:
            forget(kernel)

    return handle_with_empty_caches


_FAMILIES: Final[tuple[tuple[Any, Callable[[KernelState, Any], Outcome]], ...]] = (
    (inputs.SyscallInput, handle_syscall),
    (inputs.FdInput, handle_fd),
    (inputs.ClockInput, _handle_clock),
    (inputs.NotificationInput, handle_notification),
    (inputs.SocketInput, handle_socket),
    (inputs.InterfaceInput, handle_interface),
    (inputs.RouteInput, handle_route),
    (inputs.AgentInput, handle_agent),
    (inputs.PolicyControlInput, handle_policy_control),
    (inputs.ProcessInput, handle_process),
)
_KEEPING_CACHES: Final = frozenset(
    {
        *get_args(inputs.ClockInput),
        *get_args(inputs.FdInput),
        *get_args(inputs.SocketInput),
        routes.RouteUpdate,
        syscalls.NecpOpen,
        syscalls.OpenOther,
        syscalls.Close,
        syscalls.NecpClientAction,
        syscalls.NecpMatchPolicy,
        notifications.InjectNexusFlow,
        notifications.FdDefunct,
        notifications.FdBackground,
        notifications.FdMemstatus,
        notifications.ForceUpdateClient,
        notifications.AssignClientResult,
        notifications.ProtoctlEvent,
        notifications.CopyNexusParameters,
        notifications.CreateNexusAssignMessage,
        notifications.ReapCaches,
        notifications.RequestInProcessFlowDivert,
        notifications.SetDelegatedUpid,
        notifications.ApplicationIdKey,
        notifications.RandomBytes,
        notifications.TakeSnapshot,
    }
)
"""Inputs that change nothing that an evaluation reads, except what evaluations change themselves.

They change clients, flows, sockets, fds, heuristics, and counts of uses of agents, none of which an
evaluation reads. ``Close`` empties the caches itself if it closes a policy session, and so does
``RouteUpdate`` if it changes flags. To leave an input out costs time, but never changes a result.
See :mod:`necp_replay.kernel.evaluation_cache`."""

_KEEPING_ANSWERS: Final = frozenset(
    {
        interfaces.IfaceUpdate,
        interfaces.IfaceOrder,
        interfaces.IfaceAddAgent,
        interfaces.IfaceDelAgent,
        routes.RouteAdd,
        routes.RouteDelete,
    }
)
"""Inputs that change nothing but interfaces, which stay attached, and routes: what policies decide
stays the same. See :mod:`necp_replay.kernel.policy.policy_answers`."""


def _handler_of(
    input_class: type, handle: Callable[[KernelState, Any], Outcome]
) -> Callable[[KernelState, Any], Outcome]:
    if input_class in _KEEPING_CACHES:
        return handle
    if input_class in _KEEPING_ANSWERS:
        return _emptying(KernelState.forget_routed, handle)
    return _emptying(KernelState.forget_evaluations, handle)


HANDLERS: Final[dict[type, Callable[[KernelState, Any], Outcome]]] = {
    input_class: _handler_of(input_class, handle)
    for family, handle in _FAMILIES
    for input_class in get_args(family)
}
"""The handler of every input, by class. A ``match`` statement would try each class in turn."""

NOW: Final = Description(
    subject=clock.Now,
    handler=_handle_clock,
    summary="Sets the time.",
    answer="nothing",
)

"""Explains a call that failed: which of its checks, and with which values.

The kernel's code notes the check that failed last. A handler that has only one check with an errno
notes no check: the errno says which it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from necp_replay.abi.errno import errno_name
from necp_replay.abi.log import LOG_ERR, OS_LOG_ERROR
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events.effects import Log
from necp_replay.events.syscalls import NecpClientAction, NecpSessionAction
from necp_replay.explain.explanation import CheckShown, FailureExplanation, FailureValue
from necp_replay.kernel.catalog import INPUTS
from necp_replay.kernel.client_actions.table import CLIENT_ACTIONS
from necp_replay.kernel.session_actions.table import SESSION_ACTIONS
from necp_replay.outcomes.render_input import arguments_of
from necp_replay.outcomes.safe_text import escape
from necp_replay.releases.profile import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from necp_replay.events.inputs import Input, Step
    from necp_replay.events.outcome import Outcome
    from necp_replay.kernel.description import AnyDescription, Check
    from necp_replay.kernel.failed_check import FailedCheck, Value
    from necp_replay.outcomes.names import StableNames
    from necp_replay.releases.profile import Profile


def explain_failure(
    step: Step,
    outcome: Outcome,
    failed: FailedCheck | None,
    profile: Profile,
    names: StableNames,
) -> FailureExplanation | None:
    """Explain the errno of an outcome; None where it is 0 or missing.

    ``failed`` is the check that the engine noted last.
    """
    errno = outcome.errno
    if not errno:
        return None
    if failed is not None and failed.errno != errno:
        failed = None
    description, check = _find(step, outcome, failed)
    at = description.checks.index(check) if check is not None else None
    return FailureExplanation(
        errno=errno_name(errno),
        name=description.name,
        function=description.function or None,
        checks=tuple(
            CheckShown(each.text, None if at is None or number > at else number < at)
            for number, each in enumerate(description.checks)
        ),
        values=tuple(_values(step.input, failed, check, names)),
        release=None if check is None else _by_release(check, profile),
    )


def _find(
    step: Step, outcome: Outcome, failed: FailedCheck | None
) -> tuple[AnyDescription, Check | None]:
    """The check that failed, and the action or input that it belongs to."""
    descriptions = tuple(descriptions_of(step.input))
    if failed is not None and failed.check is not None:
        for description in descriptions:
            for check in description.checks:
                if check.errno == failed.errno and check.when == failed.check.when:
                    return description, check
    is_logged = any(
        isinstance(effect, Log) and (effect.level == LOG_ERR or effect.os_log_type == OS_LOG_ERROR)
        for effect in outcome.effects
    )
    for description in descriptions:
        fitting = [check for check in description.checks if check.errno == outcome.errno]
        if len(fitting) > 1:
            fitting = [check for check in fitting if check.is_logged == is_logged] or fitting
        if len(fitting) == 1:
            return description, fitting[0]
    for description in descriptions:
        for check in description.checks:
            if check.is_for_others:
                return description, check
    return descriptions[0], None


def descriptions_of(event: Input) -> Iterator[AnyDescription]:
    """The description of the action of an input, where there is one, then that of the input."""
    if isinstance(event, NecpClientAction) and event.action in CLIENT_ACTIONS:
        yield CLIENT_ACTIONS[event.action]
    if isinstance(event, NecpSessionAction) and event.action in SESSION_ACTIONS:
        yield SESSION_ACTIONS[event.action]
    yield _INPUTS[type(event)]


_LOOKS_AT_NOTHING = ("always", "the release has no such function", "the release has no such option")
_INPUTS = {description.subject: description for description in INPUTS}


def _values(
    event: Input, failed: FailedCheck | None, check: Check | None, names: StableNames
) -> Iterator[FailureValue]:
    """What the handler noted; else the arguments that the check looks at, or all of them."""
    if failed is not None and failed.values:
        for name, value in failed.values.items():
            yield FailureValue(name.replace("_", " "), _value_text(value, names))
        return
    if check is None or check.when in _LOOKS_AT_NOTHING:
        return
    arguments = dict(arguments_of(event, names))
    looked_at = [name for name in check.looks_at if name in arguments] or list(arguments)
    for name in looked_at:
        yield FailureValue(name.replace("_", " "), arguments[name])


def _value_text(value: Value, names: StableNames) -> str:
    if isinstance(value, bytes):
        return names.name(value) if len(value) == UUID_BYTES else value.hex() or "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return escape(str(value)) if isinstance(value, str) else f"{value:,}"


def _by_release(check: Check, profile: Profile) -> str | None:
    """What the release does, by the fact that the check depends on."""
    if not check.fact:
        return None
    return facts()[check.fact].meaning(getattr(profile, check.fact))

"""Which checkpoints a command begins at: those in the cache, and those beside the trace."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from necp_replay.cli.say import say
from necp_replay.cli.suite_options import add_cache_options, cache_of

if TYPE_CHECKING:
    from necp_replay.history.checkpoint_file import CheckpointFile
    from necp_replay.history.checkpoints import Checkpoints

SUFFIX: Final = ".checkpoints"
"""Follows the name of a trace in the name of the file with its checkpoints."""


def add_checkpoint_options(parser: argparse.ArgumentParser) -> None:
    """``--cache DIR``, ``--no-cache`` and ``--trust-checkpoints``."""
    add_cache_options(parser)
    parser.add_argument(
        "--trust-checkpoints",
        action="store_true",
        help="begin at the states in TRACE.checkpoints although nothing proves them",
    )


def checkpoints_for(options: argparse.Namespace, trace: Path) -> Checkpoints | None:
    """The checkpoints of a trace on the release of the options; None without any."""
    return checkpoints_of(
        trace,
        options.release,
        partial(cache_of, options),
        beside=options.trust_checkpoints,
        trust=options.trust_checkpoints,
    )


def checkpoints_of(
    trace: Path,
    release: str | None,
    cache: Path | Callable[[], Path | None] | None,
    *,
    newer: str | None = None,
    beside: bool = False,
    trust: bool = False,
    always: bool = False,
) -> Checkpoints | None:
    """The checkpoints of a trace in a cache, or in the one that is opened for it.

    ``release`` is that of the trace if it is None; with ``newer`` they are of both releases. Only a
    long trace has any, so no cache is opened for others. ``beside`` reads the file beside the trace
    too, which is believed only with ``trust``. None if there is nowhere to keep any, unless
    ``always``.
    """
    from necp_replay.errors import NecpReplayError
    from necp_replay.history import checkpoints
    from necp_replay.releases.names import canonical_tag
    from necp_replay.suite.engine_digest import engine_digest, is_settled
    from necp_replay.trace.reader import TraceReader

    if not trace.is_file():
        # A pipe can be read only once, and the command itself reads it.
        return None
    every = checkpoints.CHECKPOINT_RECORDS
    try:
        with TraceReader(trace) as reader:
            of = canonical_tag(release or reader.header.release)
            if reader.read_index().records <= every:
                return None
    except NecpReplayError:
        # The command reports what is wrong with the trace when it reads it.
        return None
    if newer is not None:
        of = f"{of} {newer}"
    folder = cache() if callable(cache) else cache
    found = read_beside(trace) if beside else None
    if (folder is None and found is None and not always) or not is_settled():
        return None
    engine = engine_digest()
    if engine is None:
        return None
    is_own = found is not None and found.engine == engine
    try:
        chosen = checkpoints.Checkpoints(
            *(trace, of, engine),
            folder=folder,
            every=every,
            claims=() if found is None or found.of != of else found.checkpoints,
            claims_are_known=trust and is_own,
        )
    except (NecpReplayError, OSError):
        return None
    if found is not None:
        _say_what_is_used(trace, found, chosen, of, is_own=is_own, trust=trust)
    return chosen


def checkpoints_of_large(
    release: str | None, newer: str | None, cache: Path | None, trace: Path
) -> Checkpoints | None:
    """The checkpoints of a trace among many in a cache. None for a small file."""
    return checkpoints_of(trace, release, cache, newer=newer) if cache and is_large(trace) else None


def is_large(trace: Path) -> bool:
    """Whether a trace is larger than those whose steps are kept in memory."""
    from necp_replay.replay.two_releases import KEPT_FILE_BYTES

    try:
        return trace.stat().st_size > KEPT_FILE_BYTES
    except OSError:
        # The command reports what is wrong with the trace when it reads it.
        return False


def read_beside(trace: Path) -> CheckpointFile | None:
    """What the file beside a trace says, whoever wrote it. None without a file."""
    from necp_replay.files.private_read import read_bounded
    from necp_replay.history.checkpoint_file import MOST_FILE_BYTES, CheckpointFile, decoded

    file = path_beside(trace)
    content = read_bounded(file, MOST_FILE_BYTES)
    if content is not None:
        return decoded(content, is_claimed=True)
    return CheckpointFile(is_damaged=True) if file.exists() or file.is_symlink() else None


def path_beside(trace: Path) -> Path:
    """The file with the checkpoints of a trace."""
    return trace.with_name(trace.name + SUFFIX)


def _say_what_is_used(
    trace: Path,
    found: CheckpointFile,
    chosen: Checkpoints,
    of: str,
    *,
    is_own: bool,
    trust: bool,
) -> None:
    """Say in one line what is wrong with a file beside a trace, and in one that it is trusted."""
    from necp_replay.outcomes.safe_text import visible

    taken = {(each.number, each.beginning) for each in chosen.chain}
    dropped = sum((each.number, each.beginning) not in taken for each in found.checkpoints)
    reason = ""
    if found.is_damaged and not found.of:
        # A link, a FIFO, or a file that is too large is not read.
        reason = "it is not a regular file of up to 256 MiB that begins as a file of checkpoints"
    elif found.is_damaged:
        reason = f"it is damaged after {len(found.checkpoints)} of its checkpoints"
    elif found.of != of:
        reason = f"it is of {found.of}, not of {of}"
    elif dropped:
        reason = f"{dropped} of {len(found.checkpoints)} checkpoints are of no use for this trace"
    elif trust and not is_own:
        reason = "another version of the engine made it, so it is not used"
    shown = visible(str(path_beside(trace)))
    if reason:
        say(f"necp-replay: {shown}: {visible(reason)}", stream=sys.stderr)
    if chosen.is_claimed:
        last = next(each.number for each in reversed(chosen.known) if each.is_claimed)
        say(
            f"necp-replay: {shown} is trusted up to record {last:,}: nothing proves its states,"
            " except `necp-replay replay`",
            stream=sys.stderr,
        )

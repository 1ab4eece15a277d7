"""The conversation of a review: one change after the other is shown, keys decide."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from necp_replay.accept.decisions import Decision, Review
from necp_replay.accept.pending import NEW_GOLDEN, Change
from necp_replay.cli.review_columns import compared_lines
from necp_replay.cli.review_keys import ReadKey
from necp_replay.outcomes.node import visible
from necp_replay.report.style import Style

_LEAST_LINES: Final = 12
_OTHER_LINES: Final = 6
"""Lines of the screen that a change's own lines leave free."""
_HELP: Final = """\
  a  accept: the golden will say what the engine does now
  r  reject: the golden stays as it is, and the difference goes on to fail
  s  skip: decide nothing now
  f  accept this one and every other one with its fingerprint
  b  back to the one before
  v  show all lines of this one
  q  quit; asks whether to write what was accepted so far
  ?  this help"""
_DECISIONS: Final = {"a": Decision.ACCEPT, "r": Decision.REJECT, "s": Decision.SKIP}
_COLOURS: Final = {Decision.ACCEPT: "green", Decision.REJECT: "red", Decision.SKIP: "yellow"}

Say: TypeAlias = Callable[[str], None]
"""Prints text as it is, line ends included."""


class Ending(enum.Enum):
    """How a review ended."""

    DECIDED = "every change was looked at"
    QUIT = "left early, what was accepted is to be written"
    LEFT = "left early, nothing is to be written"


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a review is shown: its size in characters, and its colours."""

    columns: int
    lines: int
    style: Style


def hold_review(review: Review, read_key: ReadKey, say: Say, screen: Screen) -> Ending:
    """Show every change and ask, until all are decided or the person leaves."""
    while (change := review.current) is not None:
        say("\n".join(change_text(review, change, screen)) + "\n")
        ending = _ask(review, change, read_key, say, screen)
        if ending is not None:
            return ending
    return Ending.DECIDED


def change_text(
    review: Review, change: Change, screen: Screen, *, whole: bool = False
) -> Iterator[str]:
    """A change with its place in the review, old and new beside each other."""
    style = screen.style
    difference = change.difference
    yield ""
    progress = f"{review.position + 1}/{len(review.changes)}"
    yield style.paint(f"{progress} {visible(str(change.trace.path))}", "bold")
    what = difference.title if difference.record is None else f"record {difference.record}"
    if not change.after:
        what = "a record that is gone"
    elif not change.before and difference.title != NEW_GOLDEN:
        what = f"{what}, which is new"
    releases = visible(", ".join(change.releases))
    yield style.paint(f"  {what}, on {releases}, fingerprint {change.fingerprint}", "dim")
    made = review.decision(review.position)
    if made is not None:
        yield style.paint(f"  {made.value} before", _COLOURS[made])
    lines = compared_lines(change.before, change.after, screen.columns, style)
    limit = max(_LEAST_LINES, screen.lines - _OTHER_LINES)
    left_out = 0
    for number, line in enumerate(lines):
        if whole or number < limit:
            yield line
        else:
            left_out += 1
    if left_out:
        yield style.paint(f"  ... {left_out:,} more lines, v shows all", "dim")


def _ask(
    review: Review, change: Change, read_key: ReadKey, say: Say, screen: Screen
) -> Ending | None:
    """Ask until a key decides the change or goes back; how the review ends, None to go on."""
    say(_prompt(review, screen.style))
    while True:
        match key := read_key():
            case None:
                say("\n")
                return Ending.LEFT
            case "a" | "r" | "s":
                decision = _DECISIONS[key]
                review.decide(decision)
                say(screen.style.paint(decision.value, _COLOURS[decision]) + "\n")
                return None
            case "f" | "A":
                number = review.decide_alike(Decision.ACCEPT)
                say(screen.style.paint(f"accepted {number}", "green") + "\n")
                return None
            case "b" if review.back():
                say("back\n")
                return None
            case "v":
                say("\n" + "\n".join(change_text(review, change, screen, whole=True)) + "\n")
            case "q":
                ending = _ask_to_write(review, read_key, say)
                if ending is not None:
                    return ending
            case "?" | "h":
                say(f"\n{_HELP}\n")
            case _:
                # Whatever was pressed means nothing here; the prompt says what does.
                continue
        say(_prompt(review, screen.style))


def _prompt(review: Review, style: Style) -> str:
    alike = review.alike
    every = f", accept all {alike} alike (f)" if alike > 1 else ""
    return style.paint(
        f"accept (a), reject (r), skip (s){every}, back (b), all lines (v), quit (q), help (?): ",
        "bold",
    )


def _ask_to_write(review: Review, read_key: ReadKey, say: Say) -> Ending | None:
    """What to do with what was accepted so far; None to go on after all."""
    accepted = review.count(Decision.ACCEPT)
    if not accepted:
        say("quit\n")
        return Ending.LEFT
    say(f"quit\nWrite the {accepted} accepted so far? yes (y), no (n), go on (g): ")
    while True:
        match read_key():
            case "y":
                say("yes\n")
                return Ending.QUIT
            case "n" | None:
                say("no\n")
                return Ending.LEFT
            case "g":
                say("go on\n")
                return None
            case _:
                continue

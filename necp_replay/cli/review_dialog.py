"""The dialog of `necp-replay review`: shows one change after another and reads a key for each."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from necp_replay.accept.decisions import Decision, Review
from necp_replay.accept.pending import NEW_GOLDEN, PendingChange
from necp_replay.cli.review_columns import compared_lines
from necp_replay.cli.review_keys import ReadKey
from necp_replay.dataclass import dataclass
from necp_replay.outcomes.safe_text import visible
from necp_replay.report.style import Style

_LEAST_LINES: Final = 12
"""Lines of a change that are shown also on a very small screen."""
_OTHER_LINES: Final = 6
"""Lines of the screen for everything but the change: heading, prompt and answer."""
_HELP: Final = """\
  a  accept: write the current outcome to the golden
  r  reject: keep the golden; the difference will still be reported
  s  skip: decide later
  f  accept this change and all others with the same fingerprint
  b  back to the previous change
  v  show all lines of this change
  q  quit; asks whether to write the changes accepted so far
  ?  this help"""
_DECISIONS: Final = {"a": Decision.ACCEPT, "r": Decision.REJECT, "s": Decision.SKIP}
_COLOURS: Final = {Decision.ACCEPT: "green", Decision.REJECT: "red", Decision.SKIP: "yellow"}

Say: TypeAlias = Callable[[str], None]
"""Prints a text as it is, without adding a line end."""


class Ending(enum.Enum):
    """How a review ended."""

    DECIDED = "every change was shown"
    QUIT = "left early, write the accepted changes"
    LEFT = "left early, write nothing"


@dataclass(frozen=True, slots=True)
class Screen:
    """The terminal: its size in characters, and its style."""

    columns: int
    lines: int
    style: Style


def hold_review(review: Review, read_key: ReadKey, say: Say, screen: Screen) -> Ending:
    """Show every change and ask about it, until all were shown or the user quits."""
    while (change := review.current) is not None:
        say("\n".join(change_text(review, change, screen)) + "\n")
        ending = _ask(review, change, read_key, say, screen)
        if ending is not None:
            return ending
    return Ending.DECIDED


def change_text(
    review: Review, change: PendingChange, screen: Screen, *, whole: bool = False
) -> Iterator[str]:
    """The lines of one change. At most a screen of them, unless ``whole``."""
    style = screen.style
    difference = change.difference
    yield ""
    progress = f"{review.position + 1}/{len(review.changes)}"
    yield style.paint(f"{progress} {visible(str(change.trace.path))}", "bold")
    what = difference.title if difference.record is None else f"record {difference.record}"
    if not change.after:
        what = "a removed record"
    elif not change.before and difference.title != NEW_GOLDEN:
        what = f"{what}, new"
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
    review: Review, change: PendingChange, read_key: ReadKey, say: Say, screen: Screen
) -> Ending | None:
    """Ask until a key decides the change, or goes back. None: the review goes on."""
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
                # Ignore a key without a meaning.
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
    """Ask whether to write the accepted changes before quitting. None: the review goes on."""
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

"""The steps of the tour: what each says, which command it runs, and how that has to end."""

from __future__ import annotations

from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.starter.project import SCENARIO

TRACE: Final = "traces/mail_goes_through_the_vpn.necptrace"
RIGHT: Final = 'domain("corp.example")'
WRONG: Final = 'domain("corp.exmaple")'


@dataclass(frozen=True, slots=True)
class TourStep:
    """One step. ``edit`` is a text of the scenario and what takes its place, before the command.

    ``status`` is the exit status with which the command has to end.
    """

    text: str
    command: tuple[str, ...]
    status: int = 0
    edit: tuple[str, str] | None = None


TOUR: Final = (
    TourStep(
        f"{SCENARIO} drives a modelled system: a VPN takes the traffic of corp.example, and a mail"
        " program asks where its connections go. Recording runs it and writes a trace.",
        ("record", "scenarios", "-o", "traces"),
    ),
    TourStep(
        "Accepting keeps what happened as a golden: text that people review and git compares.",
        ("accept", "traces"),
    ),
    TourStep(
        "Replaying compares the engine of today with the trace and with the golden.",
        ("replay", "traces"),
    ),
    TourStep(
        f"Somebody edits the scenario and mistypes the domain: {RIGHT} becomes {WRONG}."
        " The trace is recorded again.",
        ("record", "scenarios", "-o", "traces"),
        edit=(RIGHT, WRONG),
    ),
    TourStep(
        "Now the replay fails. Read its last lines: the golden says what was passed, and record 8"
        " passes another domain. The commands below go on from there.",
        ("replay", "traces"),
        status=1,
    ),
    TourStep(
        "The result of the mail program's first client, in record 13, is NONE instead of"
        " IP_TUNNEL. What has the policy to do with that? Look for the one that does not match.",
        ("explain", TRACE, "--record", "13"),
    ),
    TourStep(
        "It asks for another domain than the client names. The scenario is corrected and recorded.",
        ("record", "scenarios", "-o", "traces"),
        edit=(WRONG, RIGHT),
    ),
    TourStep("And all is as it was accepted.", ("replay", "traces")),
)

"""What to minimize and how, and the report about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from pathlib import Path

from necp_replay.dataclass import dataclass
from necp_replay.minimize.part_comparison import Pair, ShownDifference
from necp_replay.minimize.target import OnRecords, Wanted
from necp_replay.minimize.trial_work import OpenTrials


def _say_nothing(line: str) -> None:
    """Ignore a line."""


@dataclass(frozen=True, slots=True)
class MinimizeOptions:
    """What to minimize.

    - ``pair``: the two sides of the difference.
    - ``release`` is the one of the actual side, ``expected_release`` of the expected one where that
      is an engine; ``golden`` is the file whose outcomes are expected.
    - ``wanted`` says which difference of the trace it is; by default the first.
    - ``most_replays`` ends the search after so many replays of parts in this run.
    - ``jobs``: so many processes try parts. The result is the same for every number. ``elsewhere``
      opens others in their place, such as those of other machines.
    - ``work_file`` keeps the work of a search that is interrupted; None keeps none. The same call
      goes on from it. ``engines_key`` is a text that is different for different engines: work with
      another key is dropped.
    - ``record_with`` names the record in which one fact among several makes a difference with a
      fingerprint, or None. It is asked where no whole difference has the wanted fingerprint.
    - ``on_records`` is told how many more records were replayed, ``say`` gets lines for people.
    """

    pair: Pair
    release: str
    expected_release: str | None = None
    golden: Path | None = None
    wanted: Wanted = field(default_factory=Wanted)
    most_replays: int | None = None
    on_records: OnRecords | None = None
    jobs: int = 1
    work_file: Path | None = None
    engines_key: str = ""
    say: Callable[[str], object] = _say_nothing
    record_with: Callable[[str], int | None] | None = None
    elsewhere: OpenTrials | None = None


@dataclass(slots=True)
class MinimizeReport:
    """What the search found, and what it cost.

    - ``output`` is the trace that was written, ``difference`` that of the record in the whole one.
    - ``records`` is how many the trace has up to the difference. ``sizes`` are the records that
      were left after each phase. ``simpler`` counts the parts of inputs that were left out.
    - ``replays`` and ``replayed_records`` are those of the trace and of its parts. Parts that
      several processes tried in advance for nothing, and the replays at the end, are not counted.
    - ``stopped`` says why the search ended early; it is empty for a finished one. After an early
      end, ``work_file`` is where the work is kept.
    - ``shown`` of ``verified`` replays of the result show the difference.
    - ``release`` is the one of the actual side. ``model`` is the release that stands for what is
      expected. ``sliced_only`` says that there is none, so that nothing could be asked about the
      expected side.
    """

    output: Path
    difference: ShownDifference
    release: str
    records: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    replays: int = 0
    replayed_records: int = 0
    stopped: str = ""
    work_file: Path | None = None
    shown: int = 0
    verified: int = 0
    sliced_only: bool = False
    model: str | None = None
    simpler: int = 0

    @property
    def left(self) -> int:
        """How many records are left."""
        return list(self.sizes.values())[-1]

    @property
    def equivalents(self) -> float:
        """The cost in replays of the trace up to the difference."""
        return self.replayed_records / max(1, self.records)

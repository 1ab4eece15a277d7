"""What the fuzzer of commands draws: a command line, streams, an environment, limits and a signal.

Everything follows from a seed and the number of the case, so that each case can be run again.
"""

from __future__ import annotations

import random
import signal
from dataclasses import dataclass
from typing import Final

TRACES: Final = (
    "traces/one.necptrace",
    "traces/two.necptrace",
    "traces/damaged.necptrace",
    "traces/empty.necptrace",
    "traces/\u2318 \xe9\n\x1b[2J.necptrace",
    "traces",
    "traces/nothing.necptrace",
    "hidden",
    "-",
    "/dev/zero",
    "/dev/full",
    "fifo",
    "socket",
    "text.jsonl",
    "golden/one.golden",
    "",
    ".",
    "n" * 300,
    "a\x07b",
    "\udcff\udcfe.necptrace",
)
_OUTPUTS: Final = (
    "out.necptrace",
    "out",
    "readonly/out.necptrace",
    "no/folder/out.necptrace",
    "/dev/full",
    "link.necptrace",
    "traces",
    "n" * 300,
)
# Endless requests, one byte each, have endless answers: that is what this command is for.
_ENDLESS: Final = {"serve": "zeros"}
_NUMBERS: Final = ("1", "2", "7", "0", "-1", "1e300", "nan", "inf", "9" * 40, "", "x", "\u0663")
_RELEASES: Final = ("xnu-4570.41.2", "macos-10.13.4", "xnu-0", "", "../../x", "\x1b[2J")
_SELECTIONS: Final = ("1", "pid 100", "#1 or errno any", "((((", "time 1s-", "", "9" * 40, "not")
_ENGINES: Final = (
    "@PYTHON -m necp_replay serve",
    "@PYTHON engine.py helper",
    "@PYTHON engine.py crash",
    "@PYTHON engine.py leaves",
    "@PYTHON engine.py hang",
    "@PYTHON engine.py noise",
    "@PYTHON engine.py endless",
    "true",
    "no-such-program",
    "",
    "'",
)
_TEMPLATES: Final = (
    "replay T",
    "replay T T --jobs 2",
    "replay traces traces --jobs 2 --record-limit N",
    "replay T --jobs 2 --engine E --engine-limit 2",
    "replay T --engine E --engine-limit 2",
    "replay T --release R --format json",
    "replay T --html out.html --junit out.xml",
    "replay T --html O.html --html-limit N",
    "replay T --golden O --no-rules",
    "replay T --rules T",
    "replay T --jobs N --engine-limit N",
    "replay T --cache O --times O --failed-first --until-different",
    "replay T --shard N/N --no-cache --scheduler E",
    "report merge T T --html O.html",
    "schema T",
    "schema --format json",
    "state T --record N --path S --format json",
    "state T --watch S --cache O",
    "step T - --record N",
    "step T -c next -c S -c S --format json",
    "export T --to perfetto -o O.json",
    "export T --to sqlite -o O.db",
    "export T --to sqlite -o O.db --format json",
    "export T --to parquet -o O.tables",
    "accept T",
    "accept traces --dry-run --format json",
    "accept traces --only T --fingerprint x --jobs 2",
    "accept traces --remove-unused --golden golden",
    "accept T --dry-run --scheduler E",
    "minimize T -o O.necptrace --scheduler E",
    "accept T --engine E --engine-limit 2 --golden O",
    "review T",
    "diff T T",
    "diff T T --format json --html out.html",
    "diff T --from R --to R --jobs 2",
    "diff T --from R --to R --cache O --no-cache",
    "diff T --from xnu-4570.41.2 --to xnu-4570.51.1 --to-engine E --engine-limit 2",
    "matrix T T",
    "matrix traces --from R --to R --html O.html --record-limit N",
    "bisect T --record N",
    "bisect T --from R --to R --format json",
    "minimize T -o O --budget 3",
    "minimize T -o O --record N --from R --to R --attempts N",
    "minimize T -o O --engine E --engine-limit 2 --fingerprint x --budget N",
    "changelog R R",
    "changelog R R --traces T --html O.html --format json",
    "explain T --record N",
    "explain T --record 1 --record-limit N",
    "explain T --record N --trust-checkpoints --cache O",
    "record scenarios -o O",
    "record T -o out --format json",
    "record scenarios/good.py -o out",
    "record scenarios/good.py -o traces --check",
    "record scenarios/exits.py -o out",
    "record scenarios/starts.py -o out --record-limit N",
    "record T -o out --attach T",
    "import vectors T -o O",
    "import T -o O",
    "import --explain T T",
    "import --explain T T --format json",
    "import T -o O --format json",
    "import log T -o O --release R",
    "info T T",
    "info T --scan --json",
    "show T --select S",
    "show T --json",
    "grep S T T",
    "grep S traces -c",
    "init O",
    "init O --format json",
    "demo O",
    "convert T",
    "convert T -o O",
    "convert text.jsonl -o O",
    "doctor T T",
    "doctor T --json --spool-limit 3M",
    "recover T -o O --spool-limit 3M",
    "cut T --select S -o O",
    "split T --by pid -o O",
    "cat T T -o O",
    "merge T T -o O",
    "anonymize T -o O --seed N --map out.json",
    "anonymize T -o O --key T",
    "attachments T --extract O",
    "attachments T --add T -o O",
    "actions",
    "actions COPY_RESULT --format json",
    "releases",
    "releases diff R R",
    "completion bash",
    "completion T",
    "generate --seed N --records 50 -o O",
    "generate --seed N --records 5 -o O --format json",
    "generate --seed N --records 3 --traces 2 -o O",
    "coverage T",
    "coverage T --check T",
    "index T",
    "index T --format json",
    "index traces --check",
    "index T --checkpoints --cache O",
    "serve",
    "capture --from T -o O --release R",
    "capture -o O --release R --library T -- T",
    "why T --release R -o O.py",
    "live",
    "live --library T",
    "check-engine E --records 20 --engine-limit 2",
    "bench --records N --mix nothing",
    "bench --records 5 --mix add --release R",
    "bench --clients 3 --policies 3 --storms 1 --mix policies --format json",
    "--help",
    "replay --help",
    "--version",
    "no-such-command",
    "",
)
_INPUTS: Final = ("closed", "null", "trace", "zeros", "slow", "rubbish")
_STDOUTS: Final = ("pipe", "pipe", "pipe", "closed", "full", "leaves", "slow", "terminal")
_STDERRS: Final = ("pipe", "pipe", "pipe", "closed", "full", "terminal")
_ENVIRONMENTS: Final[tuple[dict[str, str], ...]] = (
    {},
    {},
    {"PYTHONIOENCODING": "cp1252"},
    {"PYTHONIOENCODING": "ascii:strict"},
    {"PYTHONIOENCODING": "utf-16"},
    {"PYTHONIOENCODING": "shift_jis"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "tr_TR.ISO-8859-9", "PYTHONUTF8": "0"},
    {"CI": "true", "GITHUB_STEP_SUMMARY": "no/folder/summary"},
    {"COLUMNS": "1", "LINES": "0", "TERM": "dumb", "PAGER": "no-such-pager"},
    {"PAGER": "head -c 100"},
    {"PAGER": "sleep 1"},
    {"NECP_REPLAY_TRACEBACK": "no/folder/file"},
    {"HOME": "/nonexistent", "PATH": ""},
    {"PYTHONWARNINGS": "error", "PYTHONDEVMODE": "1"},
)
_LIMITS: Final[tuple[dict[str, int], ...]] = (
    {},
    {},
    {},
    {},
    {"RLIMIT_AS": 250 << 20},
    {"RLIMIT_FSIZE": 700},
    {"RLIMIT_NOFILE": 24},
    {"RLIMIT_STACK": 1 << 20},
)
_PLACES: Final = ("ordinary", "ordinary", "ordinary", "readonly", "tiny")
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Case:
    """One run of a command. ``signals`` are numbers, each with the seconds to wait before it."""

    number: int
    words: tuple[str, ...]
    stdin: str
    stdout: str
    stderr: str
    environment: dict[str, str]
    limits: dict[str, int]
    place: str
    signals: tuple[tuple[int, float], ...]
    to_group: bool

    def described(self) -> str:
        """The case in one line."""
        return " ".join(
            (
                f"case {self.number}: {self.words!a}",
                f"<{self.stdin} >{self.stdout} 2>{self.stderr} {self.environment} {self.limits}",
                f"{self.place} {self.signals} {'to the group' if self.to_group else ''}",
            )
        )


def draw_case(seed: int, number: int) -> Case:
    """The case of a number. Every template of a command comes up once in as many cases."""
    chance = random.Random(f"{seed}/{number}")
    template = _TEMPLATES[(number * 7 + seed) % len(_TEMPLATES)]
    signals: list[tuple[int, float]] = []
    if chance.random() < 0.4:
        signals.append((chance.choice(_SIGNALS), chance.random() ** 2 * 1.5))
        if chance.random() < 0.3:
            signals.append((chance.choice(_SIGNALS[:3]), chance.random() * 0.1))
    words = tuple(_word(chance, word) for word in template.split())
    endless = _ENDLESS.get(words[0]) if words else None
    return Case(
        number,
        words,
        chance.choice([each for each in _INPUTS if each != endless]),
        chance.choice(_STDOUTS),
        chance.choice(_STDERRS),
        chance.choice(_ENVIRONMENTS),
        chance.choice(_LIMITS),
        chance.choice(_PLACES),
        tuple(signals),
        chance.random() < 0.3,
    )


def _word(chance: random.Random, word: str) -> str:
    choices = {
        "T": TRACES,
        "O": _OUTPUTS,
        "N": _NUMBERS,
        "R": _RELEASES,
        "S": _SELECTIONS,
        "E": _ENGINES,
    }.get(word)
    if choices is None:
        return word
    # The first choices are those with which most commands do their work.
    return chance.choice(choices[:3] if chance.random() < 0.6 else choices)

"""`necp-replay review` on a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.workplace import GOLDENS, LATER, NEW, OLD, Workplace

PATIENCE_S = 60
"""A test that waits longer than this fails. Everything takes far less."""


class Terminal:
    """A command on its own pseudo-terminal."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.own, self.other = pty.openpty()
        self.settings = termios.tcgetattr(self.other)
        inherited = {key: value for key, value in os.environ.items() if key != "CI"}
        root = str(Path(__file__).parents[2])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "necp_replay.cli.main", *arguments],
            cwd=folder,
            env={**inherited, "PYTHONPATH": root, "COLUMNS": "120", "LINES": "40", **environment},
            stdin=self.other,
            stdout=self.other,
            stderr=self.other,
            start_new_session=True,
        )
        self.shown = ""

    def press(self, key: str, after: str) -> None:
        """Wait for text, then press a key."""
        self._read_until(after)
        os.write(self.own, key.encode())

    def end(self) -> int:
        """Read all output, and return the exit status."""
        while self._read():
            pass
        return self.process.wait(PATIENCE_S)

    def _read_until(self, text: str) -> None:
        while text not in self.shown:
            assert self._read(), f"ended without {text!r}: {self.shown}"
        self.shown = self.shown.partition(text)[2]

    def _read(self) -> bool:
        for _ in range(20 * PATIENCE_S):
            if select.select([self.own], [], [], 0.05)[0]:
                break
            if self.process.poll() is not None and not select.select([self.own], [], [], 0)[0]:
                return False
        else:
            raise AssertionError(f"waits for something else: {self.shown}")
        self.shown += os.read(self.own, 65536).decode()
        return True

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.own)
        os.close(self.other)


@pytest.fixture
def pending(workplace: Workplace) -> Workplace:
    """A trace with two goldens that are out of date: one in REMOVE, both in COPY_RESULT.

    The golden of newer releases is up to date.
    """
    workplace.record()
    workplace.run("accept", "traces")
    for path in sorted((workplace.root / "golden").iterdir()):
        if any(f"@{release}." in path.name for release in LATER):
            continue
        text = path.read_text("utf-8").replace("-> ENOENT", "-> EINVAL")
        path.write_text(text.replace("EFFECTIVE_MTU: 1500", "EFFECTIVE_MTU: 1400"), "utf-8")
    return workplace


@pytest.fixture
def terminal(pending: Workplace) -> Iterator[Terminal]:
    """A review of all traces."""
    opened = Terminal(pending.root, "review", "traces")
    yield opened
    opened.close()


def goldens(workplace: Workplace) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (workplace.root / "golden").iterdir()}


PROMPT = "help (?): "


def test_accepted_changes_are_written_and_others_are_not(
    pending: Workplace, terminal: Terminal
) -> None:
    before = goldens(pending)
    terminal.press("r", "1/2 ")
    terminal.press("a", "2/2 ")
    assert terminal.end() == 1
    assert "1 golden written: 1 accepted, 1 rejected, 0 skipped" in terminal.shown
    name = "remove_twice@xnu-4570.51.1.golden"
    assert goldens(pending) == {**before, name: before[name].replace("EINVAL", "ENOENT")}


def test_the_replay_passes_after_everything_is_accepted(
    pending: Workplace, terminal: Terminal
) -> None:
    terminal.press("f", "1/2 ")
    terminal.press("f", "2/2 ")
    assert terminal.end() == 0
    assert pending.run("replay", "traces").status == 0
    assert pending.run("replay", "traces", "--release", OLD).status == 0


def test_a_golden_that_may_not_be_written_does_not_end_the_review(pending: Workplace) -> None:
    """Decisions about other traces are not lost."""
    for folder in ("traces", "golden"):
        for source in sorted((pending.root / folder).iterdir()):
            name = source.name.replace("remove_twice", "other")
            source.with_name(name).write_bytes(source.read_bytes())
    protected = pending.root / "golden/other.golden"
    protected.chmod(0o444)
    before = goldens(pending)
    opened = Terminal(pending.root, "review", "traces")
    opened.press("f", "1/4 ")
    opened.press("f", "2/4 ")
    assert opened.end() == 2
    opened.close()
    assert "golden/other.golden: is write-protected" in opened.shown
    after = goldens(pending)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"remove_twice.golden", f"remove_twice@{NEW}.golden"}


def test_quitting_asks_and_writes_the_accepted_changes(
    pending: Workplace, terminal: Terminal
) -> None:
    before = goldens(pending)
    terminal.press("a", "1/2 ")
    terminal.press("q", "2/2 ")
    terminal.press("y", "Write the 1 accepted so far?")
    assert terminal.end() == 1
    after = goldens(pending)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"remove_twice.golden", "remove_twice@xnu-4570.51.1.golden"}
    assert "-> EINVAL" in after["remove_twice@xnu-4570.51.1.golden"]


def test_interrupting_writes_nothing_and_restores_the_terminal(
    pending: Workplace, terminal: Terminal
) -> None:
    before = goldens(pending)
    terminal.press("a", "1/2 ")
    terminal._read_until("2/2 ")
    terminal._read_until(PROMPT)
    os.killpg(terminal.process.pid, signal.SIGINT)
    assert terminal.end() == 130
    assert goldens(pending) == before
    assert termios.tcgetattr(terminal.other) == terminal.settings


def test_arrow_keys_have_no_effect(pending: Workplace, terminal: Terminal) -> None:
    terminal.press("\x1b[A\x1bOP\u00e4\u4e2ds", "1/2 ")
    terminal.press("s", "2/2 ")
    assert terminal.end() == 1
    assert "0 accepted, 0 rejected, 2 skipped" in terminal.shown


def test_without_colour_there_are_no_escape_sequences(pending: Workplace) -> None:
    terminal = Terminal(pending.root, "review", "traces", NO_COLOR="1")
    terminal.press("s", "1/2 ")
    terminal.press("s", "2/2 ")
    assert terminal.end() == 1
    assert "\x1b" not in terminal.shown
    terminal.close()


def test_a_trace_without_a_golden_is_one_change(workplace: Workplace) -> None:
    workplace.record()
    terminal = Terminal(workplace.root, "review")
    terminal.press("a", "new golden")
    assert terminal.end() == 0
    assert sorted(goldens(workplace)) == GOLDENS
    terminal.close()


def test_without_differences_nothing_is_asked(workplace: Workplace) -> None:
    workplace.record()
    workplace.run("accept", "traces")
    terminal = Terminal(workplace.root, "review")
    assert terminal.end() == 0
    assert "nothing to review" in terminal.shown
    terminal.close()


def test_without_a_terminal_the_error_names_other_commands(pending: Workplace) -> None:
    printed = pending.run("review", "traces")
    assert printed.status == 2
    assert "needs a terminal" in printed.err
    assert "necp-replay accept PATH --dry-run" in printed.err


def test_review_is_refused_in_ci(pending: Workplace) -> None:
    before = goldens(pending)
    terminal = Terminal(pending.root, "review", "traces", CI="true")
    assert terminal.end() == 2
    assert "while CI is set" in terminal.shown
    assert goldens(pending) == before
    terminal.close()

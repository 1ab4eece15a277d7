"""Signals are held back for a moment, and are not lost."""

from __future__ import annotations

import os
import signal
import subprocess
import threading

import pytest

from necp_replay.cli.termination import tidy_termination
from necp_replay.errors import Terminated
from necp_replay.processes.deferral import signals_deferred


def test_an_interrupt_arrives_when_the_block_is_left() -> None:
    steps = []
    with pytest.raises(KeyboardInterrupt), signals_deferred():
        os.kill(os.getpid(), signal.SIGINT)
        steps.append("after the signal")
    assert steps == ["after the signal"]


def test_a_termination_arrives_when_the_block_is_left() -> None:
    steps = []
    with pytest.raises(Terminated), tidy_termination(), signals_deferred():
        os.kill(os.getpid(), signal.SIGTERM)
        steps.append("after the signal")
    assert steps == ["after the signal"]


def test_a_program_that_is_started_meanwhile_has_the_defaults() -> None:
    with signals_deferred():
        program = subprocess.Popen(["sleep", "600"])
    program.send_signal(signal.SIGINT)
    assert program.wait(10) == -signal.SIGINT


def test_another_thread_changes_nothing() -> None:
    handlers = []

    def work() -> None:
        with signals_deferred():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGINT)]

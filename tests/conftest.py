"""Settings of every test: examples, bytecode, signals, and which files are not collected."""

import os
import signal
import sys

from hypothesis import HealthCheck, settings

from tests.examples import FEW_EXAMPLES, THOROUGH_EXAMPLES, THOROUGH_PROFILE

# Traces below tests/ are the input of tests, and some are damaged on purpose. Without this, the
# pytest plugin of this project would collect them as tests.
collect_ignore_glob = ["*.necptrace"]

# Tests start hundreds of processes. Without bytecode each of them compiles the package again, and
# each run compiles all tests again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What a run remembers would change what the next one prints. Tests of that name a folder.
os.environ["NECP_REPLAY_CACHE"] = ""

# Processes inherit which signals are ignored. A shell ignores SIGINT for what it runs in the
# background, and nohup SIGHUP; the commands that tests start would ignore them too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# A checkout that passes today must pass tomorrow, so a test always has the same examples.
# `--hypothesis-profile=thorough` has more of them, and `explore` has new ones in every run. No test
# fails for the time that an example takes, which depends on what else the machine does.
_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("repeatable", _UNTIMED, derandomize=True, max_examples=FEW_EXAMPLES)
settings.register_profile(
    THOROUGH_PROFILE, _UNTIMED, derandomize=True, max_examples=THOROUGH_EXAMPLES
)
settings.register_profile("explore", _UNTIMED, max_examples=2_000)
settings.load_profile("repeatable")

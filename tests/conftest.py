"""What holds for every test."""

from hypothesis import HealthCheck, settings

# Traces below tests/ are the input of tests, some of them damaged on purpose: the pytest plugin of
# this very project would otherwise collect them as tests of their own.
collect_ignore_glob = ["*.necptrace"]

# A checkout that passes today passes tomorrow: examples follow from the test, not from chance.
# `--hypothesis-profile=explore` looks for new ones, and for more of them. How long an example takes
# depends on what else a machine does, so no test fails for it.
_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("repeatable", _UNTIMED, derandomize=True)
settings.register_profile("explore", _UNTIMED, max_examples=2_000)
settings.load_profile("repeatable")

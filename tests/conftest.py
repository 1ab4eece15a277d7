"""What holds for every test."""

from hypothesis import settings

# Traces below tests/ are the input of tests, some of them damaged on purpose: the pytest plugin of
# this very project would otherwise collect them as tests of their own.
collect_ignore_glob = ["*.necptrace"]

# A checkout that passes today passes tomorrow: examples follow from the test, not from chance.
# `--hypothesis-profile=explore` looks for new ones, and for more of them.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", max_examples=2_000, deadline=None)
settings.load_profile("repeatable")

"""What holds for every test."""

# Traces below tests/ are the input of tests, some of them damaged on purpose: the pytest plugin of
# this very project would otherwise collect them as tests of their own.
collect_ignore_glob = ["*.necptrace"]

"""Tests of `necp_replay.stepping`."""

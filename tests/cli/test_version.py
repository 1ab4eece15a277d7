"""``--version`` says what a report of a fault needs."""

from __future__ import annotations

import platform
from importlib import metadata

import pytest

from necp_replay import __version__
from necp_replay.cli import version
from necp_replay.cli.main import main
from necp_replay.golden.versions import VERSION
from necp_replay.trace.header import FORMAT


def test_version_names_the_engine_the_libraries_and_the_formats(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--version"]) == 0
    first, engine, libraries, formats = capsys.readouterr().out.splitlines()
    assert first == f"necp-replay {__version__}"
    assert engine == f"engine: {'compiled' if version.is_compiled() else 'pure Python'}"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    assert libraries.startswith(f"{python}, protobuf {metadata.version('protobuf')} (")
    assert libraries.endswith(f"), lz4 {metadata.version('lz4')}")
    assert formats == f"formats: trace {FORMAT}, golden {VERSION}, JSON 1"


def test_version_says_that_the_engine_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "is_compiled", lambda: True)
    assert version.version_text().splitlines()[1] == "engine: compiled"

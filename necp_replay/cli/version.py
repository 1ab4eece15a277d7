"""``necp-replay --version``: the version, and what else a report of a fault needs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from necp_replay import __version__
from necp_replay.cli.say import say


class VersionAction(argparse.Action):
    """Prints :func:`version_text` and ends the command."""

    def __init__(self, option_strings: Sequence[str], dest: str, **kwargs: Any) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, default=argparse.SUPPRESS)
        self.help = kwargs.get("help")

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Print and exit with status 0."""
        say(version_text())
        parser.exit()


def version_text() -> str:
    """The version, whether the engine is compiled, Python and libraries, and numbers of formats."""
    import platform

    from necp_replay.golden.versions import VERSION
    from necp_replay.report.json_text import JSON_FORMAT
    from necp_replay.trace.header import FORMAT
    from necp_replay.trace.libraries import library_versions

    libraries = ", ".join(f"{name} {number}" for name, number in library_versions().items())
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return (
        f"necp-replay {__version__}\n"
        f"engine: {'compiled' if is_compiled() else 'pure Python'}\n"
        f"{python}, {libraries}\n"
        f"formats: trace {FORMAT}, golden {VERSION}, JSON {JSON_FORMAT}"
    )


def is_compiled() -> bool:
    """Whether the engine was compiled when it was installed (setup.py)."""
    spec = find_spec("necp_replay.kernel.state")
    return spec is not None and not str(spec.origin).endswith(".py")

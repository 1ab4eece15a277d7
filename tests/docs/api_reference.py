"""Writes docs/api.md from the docstrings of what scenarios, tests and fuzzers use.

python -m tests.docs.api_reference
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from typing import Any, Final

from necp_replay import scenario
from necp_replay.minimize.minimize import minimize
from necp_replay.minimize.options import MinimizeOptions, MinimizeReport
from necp_replay.minimize.part_comparison import Pair, ShownDifference
from necp_replay.minimize.target import DifferenceNotFound, Wanted
from tests.docs.markdown import ROOT

PAGE: Final = ROOT / "docs" / "api.md"
HEAD: Final = """\
# API of scenarios

What `from necp_replay.scenario import ...` gives, from its docstrings. [scenarios.md](scenarios.md)
shows how it is used, and [policies.md](policies.md) lists conditions, results and route rules.
What has a default can be left out, and what follows `*` is given by name. Every method is one input
of the trace, unless it says otherwise. Errors of the API are `necp_replay.errors.ScenarioError`,
with file and line.
"""
MINIMIZING_HEAD: Final = """\
# API of minimizing

What fuzzers call ([minimizing.md](minimizing.md)). Each name is imported from the module that is
given with it.
"""
MINIMIZING: Final = (
    minimize,
    MinimizeOptions,
    MinimizeReport,
    Pair,
    Wanted,
    ShownDifference,
    DifferenceNotFound,
)
_ROLE: Final = re.compile(r":\w+:`~?(?:[\w.]+\.)?(\w+)`")
_PLACES: Final = re.compile(r"\b(?:necp_replay|collections)\.(?:\w+\.)*")


def page() -> str:
    """The page as it has to be today."""
    parts = [HEAD]
    for name in sorted(scenario.__all__, key=_order):
        parts += _section(name, getattr(scenario, name))
    parts.append(MINIMIZING_HEAD)
    for found in MINIMIZING:
        parts += _section(found.__name__, found, f"`{found.__module__}`\n")
    return "\n".join(parts).rstrip() + "\n"


def _section(name: str, found: Any, *beginning: str) -> Iterator[str]:
    yield f"## {name}\n"
    yield from beginning
    if inspect.isclass(found):
        yield from _class(found)
    else:
        yield f"`{name}{_parameters(found)}`\n"
        yield _text(found)


def _order(name: str) -> tuple[bool, bool, str]:
    """The system first, then other classes, then functions."""
    return name != "System", not inspect.isclass(getattr(scenario, name)), name


def _class(found: type) -> Iterator[str]:
    yield _text(found)
    if dataclasses.is_dataclass(found):
        fields = ", ".join(f"`{each.name}`" for each in dataclasses.fields(found))
        yield f"Fields: {fields}.\n" if fields else ""
    rows = [row for name, member in vars(found).items() for row in _member(name, member)]
    if rows:
        yield "| | |\n|---|---|\n" + "\n".join(rows) + "\n"


def _member(name: str, member: Any) -> Iterator[str]:
    function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
    if name.startswith("_"):
        return
    if isinstance(member, property):
        yield f"| `{name}` | {_cell(member)} |"
    elif inspect.isfunction(function):
        yield f"| `{name}{_parameters(function)}` | {_cell(function)} |"


def _parameters(function: Any) -> str:
    """The parameters as one writes them, with their defaults and without their types."""
    words: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in ("self", "cls"):
            continue
        star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        star = "**" if parameter.kind is parameter.VAR_KEYWORD else star
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in "".join(words):
            words.append("*")
        default = parameter.default
        has_default = default is not parameter.empty and not callable(default)
        shown = f"={_PLACES.sub('', repr(default))}" if has_default else ""
        words.append(f"{star}{parameter.name}{shown}")
    return f"({', '.join(words)})"


def _text(found: Any) -> str:
    return _clean(inspect.getdoc(found) or "") + "\n"


def _cell(found: Any) -> str:
    return " ".join(_clean(inspect.getdoc(found) or "").split()).replace("|", "\\|")


def _clean(text: str) -> str:
    return _ROLE.sub(r"`\1`", text).replace("``", "`")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

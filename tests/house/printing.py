"""The rule about what is printed: all of it goes through functions that make text safe."""

import ast
from collections.abc import Iterator
from typing import Final

from tests.house.source import Source

_DOORS: Final = {
    "necp_replay/cli/say.py": "makes everything safe that commands print",
    "necp_replay/cli/streams.py": "prints messages, which it makes safe",
}
_TERMINALS: Final = {"stdout", "stderr", "__stdout__", "__stderr__"}
_WRITING: Final = {"write", "writelines"}
_PYTEST: Final = {"line", "write_line", "section", "write_sep", "rewrite"}
_LOGGING: Final = {"warn", "warning", "error", "info", "debug", "critical", "exception", "log"}
_BARS: Final = {"set_description", "set_description_str", "set_postfix", "set_postfix_str"}
_BAR_TEXTS: Final = {"desc", "postfix", "unit", "bar_format"}
_SAFE: Final = {"safe_lines", "visible", "escape"}
_STREAMS: Final = {"stream", "output", "terminal", "terminalreporter"}


def complaints_about_printing(source: Source) -> Iterator[str]:
    """Find prints whose text did not go through the function that makes text safe."""
    if str(source) in _DOORS:
        return
    for node in source.nodes:
        if isinstance(node, ast.Call) and (what := _printing_call(source, node)):
            yield f"{source}:{node.lineno}: {what} without the function that makes text safe"


def _printing_call(source: Source, call: ast.Call) -> str | None:
    match call.func:
        case ast.Name(id="print" | "input" as name):
            # What modules say of themselves when they are run is no foreign text.
            is_safe = bool(call.args) and name == "input" and _is_safe(call.args)
            return None if is_safe or _is_own_text(source) else f"{name}()"
        case ast.Attribute(value=ast.Name(id="pytest"), attr="UsageError" | "exit" as name):
            return None if _is_safe(call.args[:1]) else f"pytest.{name}()"
        case ast.Name(id="tqdm"):
            return _bar(call)
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="sys"), attr=stream), attr=name):
            is_print = stream in _TERMINALS and name in _WRITING
            return f"sys.{stream}.{name}()" if is_print else None
        case ast.Attribute(value=ast.Name(id="warnings" | "logging"), attr=name):
            return f"{name}()" if name in _LOGGING else None
        case ast.Attribute(value=ast.Name(id=stream), attr=name):
            is_terminal = name in _PYTEST or (name in _WRITING and source.package == "cli")
            if stream in _STREAMS and is_terminal and not _is_safe(call.args[:1]):
                return f"{stream}.{name}()"
    match call.func:
        case ast.Attribute(attr=name) if name in _BARS and not _is_safe(call.args[:1]):
            return f"{name}()"
    return None


def _bar(call: ast.Call) -> str | None:
    for keyword in call.keywords:
        if keyword.arg in _BAR_TEXTS and not _is_safe([keyword.value], names_are_safe=True):
            return f"tqdm({keyword.arg}=...)"
    return None


def _is_safe(arguments: list[ast.expr], *, names_are_safe: bool = False) -> bool:
    """Whether texts are written out here, hold numbers only, or were made safe."""
    return all(_is_safe_text(each, names_are_safe) for each in arguments)


def _is_safe_text(text: ast.expr, names_are_safe: bool) -> bool:
    match text:
        case ast.Constant():
            return True
        case ast.Name():
            # The unit of a bar: a word that its caller writes out.
            return names_are_safe
        case ast.Call(func=ast.Name(id=name)):
            return name in _SAFE
        case ast.JoinedStr(values=values):
            return all(_is_safe_part(part) for part in values)
    return False


def _is_safe_part(part: ast.expr) -> bool:
    match part:
        case ast.FormattedValue(value=value, format_spec=ast.JoinedStr(values=[spec])):
            # A number with commas; a text would be refused by that format.
            return (isinstance(spec, ast.Constant) and spec.value == ",") or _is_safe([value])
        case ast.FormattedValue(value=value):
            return _is_safe([value])
    return isinstance(part, ast.Constant)


def _is_own_text(source: Source) -> bool:
    return str(source) == "necp_replay/report/fidelity_text.py"

"""The rule about files that are written: all of them go through one package."""

import ast
from collections.abc import Iterator

from tests.house.source import Source

# A copy of standard input goes to a folder that `tempfile` made for this process alone.
_ALLOWED = {"necp_replay/cli/spool.py"}
_WRITING_MODES = set("wxa+")
_WRITING_METHODS = {"write_text", "write_bytes", "rename", "symlink_to", "hardlink_to", "touch"}
_WRITING_FUNCTIONS = {
    "os": {"open", "replace", "rename", "link", "symlink", "mkfifo"},
    "tempfile": {"mkstemp", "NamedTemporaryFile"},
    "shutil": {"copy", "copy2", "copyfile", "move"},
}


def complaints_about_writing(source: Source) -> Iterator[str]:
    """Find calls that create or rename a file outside of the package that knows how to."""
    if source.package == "files" or str(source) in _ALLOWED:
        return
    for node in source.nodes:
        if isinstance(node, ast.Call) and (what := _writing_call(node)):
            yield f"{source}:{node.lineno}: {what}; write through necp_replay.files"


def _writing_call(call: ast.Call) -> str | None:
    match call:
        case ast.Call(args=[ast.Attribute(attr="devnull"), *_]):
            return None
    match call.func:
        case ast.Name(id="open"):
            return _mode(call, 1)
        case ast.Attribute(value=ast.Name(id=module), attr=name) if module in _WRITING_FUNCTIONS:
            return f"{module}.{name}" if name in _WRITING_FUNCTIONS[module] else None
        case ast.Attribute(attr="open"):
            return _mode(call, 0)
        case ast.Attribute(attr=name) if name in _WRITING_METHODS:
            return name
    return None


def _mode(call: ast.Call, position: int) -> str | None:
    """The mode of an `open` that writes."""
    modes = [*call.args[position : position + 1]]
    modes += [each.value for each in call.keywords if each.arg == "mode"]
    for mode in modes:
        if isinstance(mode, ast.Constant) and _WRITING_MODES.intersection(str(mode.value)):
            return f"open with mode {mode.value!r}"
    return None

"""The rules about imports: which package may know of which, and what the engine must not touch."""

import ast
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from tests.house.source import Source

# Which packages of necp_replay each package imports; itself it may, and what is for anyone. The
# table is the drawing of the house (docs/decisions/0007-rooms.md): it names no import that is not
# there. A new arrow is a decision, so think about the place of what you write before you add one.
LAYERS: dict[str, set[str]] = {
    "errors": set(),
    # Classes of data, made quickly.
    "dataclass": set(),
    # Numbers, struct layouts, the TLV codec.
    "abi": set(),
    # How files are written.
    "files": set(),
    # Processes that are started.
    "processes": set(),
    # Aligns two sequences of anything.
    "align": set(),
    # Inputs and outcomes.
    "events": {"abi"},
    # The facts of each release.
    "releases": {"abi"},
    # The engine. Nothing it imports knows of files.
    "kernel": {"abi", "events", "releases"},
    # Bytes of a file to events and back.
    "trace": {"abi", "events", "files"},
    # Outcomes as trees and lines, and the differences between two of them.
    "outcomes": {"abi", "align", "events"},
    # The golden file alone.
    "golden": {"abi", "align", "files", "outcomes", "releases"},
    # The project's file, and the differences that it expects.
    "rules": {"files", "outcomes", "releases", "trace"},
    # Which project traces belong to, and what it has.
    "project": {"files", "rules", "trace"},
    # What is remembered of traces between runs, and how a run is divided.
    "suite": {"files", "outcomes", "rules", "trace"},
    # What inputs are submitted to: the interface, our engine, programs of their own.
    "engines": {"abi", "events", "kernel", "outcomes", "processes", "releases", "trace"},
    # Replays traces and reports what differs.
    "replay": {
        *("abi", "align", "engines", "events", "golden", "history", "kernel", "outcomes"),
        *("processes", "releases", "rules", "trace"),
    },
    # The public interface of runs over many traces.
    "api": {
        *("engines", "events", "golden", "outcomes", "project", "releases", "replay", "rules"),
        "trace",
    },
    # Runs on the workers of a scheduler.
    "cluster": {
        *("files", "golden", "minimize", "outcomes", "replay", "rules", "suite", "trace"),
    },
    # Writes goldens after review.
    "accept": {
        *("align", "engines", "files", "golden", "outcomes", "project", "releases", "replay"),
        *("rules", "trace"),
    },
    # Why an evaluation came out as it did.
    "explain": {"abi", "engines", "events", "history", "kernel", "outcomes", "releases", "trace"},
    # The state at any record of a trace.
    "history": {"abi", "engines", "events", "files", "kernel", "outcomes", "releases", "trace"},
    # Work on trace files as such.
    "tools": {"abi", "engines", "events", "files", "kernel", "outcomes", "releases", "trace"},
    # Steps through a trace, and what if it were otherwise.
    "stepping": {
        *("abi", "engines", "events", "explain", "history", "kernel", "outcomes", "releases"),
        *("replay", "tools", "trace"),
    },
    # The smallest trace that shows a difference.
    "minimize": {
        *("abi", "engines", "events", "files", "golden", "kernel", "outcomes", "processes"),
        *("releases", "tools", "trace"),
    },
    # Release notes of behaviour.
    "changelog": {"minimize", "outcomes", "releases", "trace"},
    # Ways to make traces: from measured vectors, from a scenario, for a benchmark, at random.
    "importers": {"abi", "events", "files", "trace"},
    "starter": {"files"},
    "scenario": {
        *(
            "abi",
            "engines",
            "events",
            "files",
            "kernel",
            "outcomes",
            "processes",
            "releases",
            "trace",
        ),
    },
    # Traces and reports for other tools.
    "export": {"events", "files", "outcomes", "releases", "trace"},
    # Runs real programs and records their calls.
    "capture": {"abi", "events", "files", "processes", "trace"},
    "bench": {
        *("abi", "engines", "events", "files", "golden", "kernel", "processes", "releases"),
        *("replay", "scenario", "trace"),
    },
    "coverage": {"abi", "engines", "events", "kernel", "releases", "trace"},
    "generate": {
        *("abi", "bench", "coverage", "engines", "events", "kernel", "releases", "scenario"),
        "trace",
    },
    # From lines of a log to why something was dropped or failed.
    "why": {
        *("abi", "events", "explain", "files", "importers", "kernel", "releases", "scenario"),
        "trace",
    },
    # Results as text, JSON, pages.
    "report": {
        *("accept", "bench", "changelog", "coverage", "engines", "events", "explain", "files"),
        *("history", "kernel", "outcomes"),
        *(
            "importers",
            "minimize",
            "releases",
            "replay",
            "rules",
            "scenario",
            "stepping",
            "tools",
            "trace",
            "why",
        ),
    },
    # Where users come in.
    "cli": {
        *(
            "accept",
            "api",
            "align",
            "bench",
            "capture",
            "changelog",
            "cluster",
            "coverage",
            "engines",
            "explain",
            "export",
        ),
        "files",
        *(
            "generate",
            "golden",
            "history",
            "importers",
            "kernel",
            "minimize",
            "outcomes",
            "processes",
            "project",
            "releases",
        ),
        *(
            "replay",
            "report",
            "rules",
            "scenario",
            "starter",
            "stepping",
            "suite",
            "tools",
            "trace",
            "why",
        ),
    },
    "pytest_plugin": {
        *("accept", "engines", "events", "files", "golden", "outcomes", "project", "releases"),
        *("replay", "report", "rules", "scenario", "suite", "trace"),
    },
    "__main__": {"cli"},
}

FOR_ANYONE = {"errors", "dataclass"}

# Where each library from outside may be imported.
LIBRARIES: dict[str, set[str]] = {
    # Runs on many machines, and traces at URLs.
    "dask": {"cluster"},
    "distributed": {"cluster"},
    "fsspec": {"cluster"},
    "google": {"trace"},
    "lz4": {"trace"},
    "pytest": {"pytest_plugin"},
    # Completion of shells.
    "shtab": {"cli"},
    "tabulate": {"report"},
    # Progress, wherever there is work to wait for.
    # Parquet, as an extra.
    "pyarrow": {"export"},
    "tqdm": {"bench", "cli", "importers", "replay", "report"},
}

# All that the engine may import besides the project: what answers the same on every machine, every
# day. No clocks, no chance, no files, no network, no threads, no interpreter.
PURE_MODULES = {
    *("__future__", "abc", "bisect", "binascii", "collections", "contextlib", "copy"),
    *("dataclasses", "enum", "functools", "hashlib", "heapq", "hmac", "ipaddress"),
    *("itertools", "json", "math", "operator", "re", "string", "struct", "textwrap", "types"),
    *("typing", "zlib"),
}
IMPURE_BUILTINS = {"breakpoint", "eval", "exec", "hash", "id", "input", "open", "print"}


def complaints_about_layers(source: Source) -> Iterator[str]:
    """Find imports of packages that this one may not know of."""
    if source.package == "":
        for line, module in _imports(source):
            yield f"{source}:{line}: the root imports nothing, but {module}"
        return
    if source.package not in LAYERS:
        yield f"{source}: {source.package} has no place in the table of layers"
        return
    allowed = LAYERS[source.package] | {source.package, *FOR_ANYONE, ""}
    if source.package in FOR_ANYONE:
        allowed = set()
    for line, module in _imports(source):
        root, *rest = module.split(".")
        target = rest[0] if rest else ""
        if root == "necp_replay" and target not in allowed:
            yield f"{source}:{line}: {source.package} may not import {target or root}"


def packages_imported(sources: list[Source]) -> dict[str, set[str]]:
    """Tell for each package of necp_replay which others it imports."""
    graph: dict[str, set[str]] = {}
    for source in sources:
        targets = graph.setdefault(source.package, set())
        for _, module in _imports(source):
            root, *rest = module.split(".")
            if root == "necp_replay" and rest:
                targets.add(rest[0])
    return {package: targets - {package} for package, targets in graph.items()}


def files_imported(sources: list[Source]) -> dict[str, set[str]]:
    """Tell for each file which others it imports, imports for types alone included."""
    paths = {".".join(source.path.with_suffix("").parts): str(source) for source in sources}
    paths |= {
        module.removesuffix(".__init__"): path
        for module, path in paths.items()
        if module.endswith(".__init__")
    }
    graph: dict[str, set[str]] = {}
    for source in sources:
        targets = graph.setdefault(str(source), set())
        for module in _modules_imported(source):
            if module in paths:
                targets.add(paths[module])
    return graph


def circle_in(graph: dict[str, set[str]]) -> list[str]:
    """Give one circle of a graph, beginning and ending at the same place; empty for none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        # Each is given before the one that imports it.
        return circle[::-1]
    return []


def complaints_about_libraries(source: Source) -> Iterator[str]:
    """Find libraries imported where they do not belong, or that are not declared."""
    for line, module in _imports(source):
        root = module.split(".")[0]
        if root == "necp_replay" or root in sys.stdlib_module_names:
            continue
        if source.package not in LIBRARIES.get(root, set()):
            yield f"{source}:{line}: {source.package or 'the root'} may not import {root}"


def complaints_about_data_classes(source: Source) -> Iterator[str]:
    """Find the decorator of the standard library, which slows down every start (dataclass.py)."""
    for module in _modules_imported(source):
        if module == "dataclasses.dataclass":
            yield f"{source}: import dataclass from necp_replay.dataclass, not {module}"
    for node in source.nodes:
        match node:
            case ast.Attribute(value=ast.Name(id="dataclasses"), attr="dataclass"):
                yield f"{source}:{node.lineno}: use necp_replay.dataclass"


def complaints_about_purity(source: Source) -> Iterator[str]:
    """Find what would make the same inputs give different outcomes."""
    for line, module in _imports(source):
        if module.split(".")[0] not in PURE_MODULES | {"necp_replay"}:
            yield f"{source}:{line}: the engine may not import {module}"
    for node in source.nodes:
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in IMPURE_BUILTINS:
                yield f"{source}:{node.lineno}: the engine may not call {name}()"


def _imports(source: Source) -> Iterator[tuple[int, str]]:
    """Give line and full name of every module imported, wherever in the file."""
    for node in source.nodes:
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield node.lineno, alias.name
            case ast.ImportFrom(module=module, names=names, level=level):
                base = _resolve(source, module or "", level)
                if base == "necp_replay":
                    for alias in names:
                        # `from necp_replay import __version__` is a name, not a package.
                        dunder = alias.name.startswith("__")
                        yield node.lineno, base if dunder else f"{base}.{alias.name}"
                else:
                    yield node.lineno, base


def _modules_imported(source: Source) -> Iterator[str]:
    """Give the full name of every module imported, also where `from` names it as a part."""
    for node in source.nodes:
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield alias.name
            case ast.ImportFrom(module=module, names=names, level=level):
                base = _resolve(source, module or "", level)
                yield base
                for alias in names:
                    yield f"{base}.{alias.name}"


def _resolve(source: Source, module: str, level: int) -> str:
    if level == 0:
        return module
    folders = source.path.parts[:-1]
    above = folders[: len(folders) - level + 1]
    return ".".join([*above, *([module] if module else [])])

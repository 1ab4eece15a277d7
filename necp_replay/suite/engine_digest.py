"""The digest of the code, which decides verdicts besides a run's own inputs.

It covers the source of every package that a replay imports, the interpreter, and the libraries that
decode traces. The files are read each time: one changed byte gives another digest. A build without
sources, or with compiled modules, is covered by the files that it has.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PACKAGES: Final = (
    *("abi", "align", "engines", "events", "files", "golden", "history", "kernel", "outcomes"),
    *("processes", "project", "releases", "replay", "rules", "suite", "trace"),
)
"""The packages that a replay imports, and this one, which knows what is remembered."""
ROOT_FILES: Final = ("__init__.py", "dataclass.py", "errors.py")
"""The files beside the packages that these import."""
_SUFFIXES: Final = (".py", ".so", ".pyd")
_LIBRARIES: Final = ("lz4", "protobuf")
_INFO: Final = (".dist-info", ".egg-info")
_VARIABLES: Final = ("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION",)
_SETTLED_S: Final = 2.0


def engine_digest(package: Path = Path(__file__).parent.parent) -> str | None:
    """The digest of the engine in a ``package``, in hexadecimal. None if it cannot be made."""
    digest = hashlib.blake2b(digest_size=20)
    digest.update(repr((sys.version, sys.implementation.cache_tag, sys.flags.optimize)).encode())
    digest.update(repr([os.environ.get(each) for each in _VARIABLES]).encode())
    root = os.fspath(package)
    try:
        digest.update(repr(_libraries()).encode("utf-8", "backslashreplace"))
        for path in _sources(root):
            with open(path, "rb", buffering=0) as file:
                content = file.read()
            digest.update(f"{path[len(root) :]} {len(content)}\n".encode())
            digest.update(content)
    except (OSError, ImportError):
        return None
    return digest.hexdigest()


def is_settled(package: Path = Path(__file__).parent.parent) -> bool:
    """Whether no source was written in the last two seconds.

    Python uses bytecode if it has the size of the source and the second of its last change. So it
    can run an older text than the one that was written just now.
    """
    now_s = time.time()
    try:
        newest_s = max(os.stat(path).st_mtime for path in _sources(os.fspath(package)))
    except OSError:
        return False
    # A time far in the future does not mean that the file was changed just now.
    return not now_s - _SETTLED_S < newest_s < now_s + _SETTLED_S


def _sources(root: str) -> Iterator[str]:
    """The files of the packages, in order. Raises OSError."""
    for name in ROOT_FILES:
        yield os.path.join(root, name)
    pending = [os.path.join(root, package) for package in reversed(PACKAGES)]
    while pending:
        folder = pending.pop()
        with os.scandir(folder) as entries:
            listed = sorted((entry.name, entry.is_dir()) for entry in entries)
        for name, is_folder in listed:
            path = os.path.join(folder, name)
            if is_folder and name != "__pycache__":
                pending.append(path)
            elif name.endswith(_SUFFIXES):
                yield path


def _libraries() -> list[str]:
    """The libraries that decode traces, with their versions. Raises ImportError without them.

    The versions are read from the names of the installed folders, because asking the libraries
    takes longer than reading all sources.
    """
    found = []
    for folder in sys.path:
        try:
            names = sorted(os.listdir(folder or "."))
        except OSError:
            continue
        found += [name for name in names if name.endswith(_INFO) and _library_of(name)]
    if {_library_of(name) for name in found} < set(_LIBRARIES):
        from importlib.metadata import version

        return [f"{name} {version(name)}" for name in _LIBRARIES]
    return found


def _library_of(name: str) -> str | None:
    library = name.partition("-")[0].lower()
    return library if library in _LIBRARIES else None

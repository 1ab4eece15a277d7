"""Compiles the engine with mypyc if NECP_REPLAY_COMPILE=1; without it, everything stays Python.

    NECP_REPLAY_COMPILE=1 pip install .
    NECP_REPLAY_COMPILE=1 pip wheel --no-deps -w dist .

All other settings are in pyproject.toml. docs/performance.md says what compiling gains.
"""

import os
from pathlib import Path

from setuptools import setup

COMPILER = ["mypy==2.4.1"]
"""What compiles. The version is that of the extra `dev`, whose checks the sources pass."""
ENGINE = Path("necp_replay/kernel")
NOT_COMPILED = {
    "catalog.py": "a table, which is read by reports only",
    "description.py": "mypyc compiles no generic record with slots",
    "machine.py": "other packages derive from its class",
    "omissions.py": "a table, as above",
    "partly_known_bytes.py": "mypyc compiles no kinds of bytes",
    "quirks.py": "a table, as above",
    "routing/table.py": "explanations derive from its class",
}


def engine_files() -> list[str]:
    """The modules that are compiled: all of the engine, without packages' own modules."""
    return sorted(
        str(path)
        for path in ENGINE.rglob("*.py")
        if path.name != "__init__.py" and path.relative_to(ENGINE).as_posix() not in NOT_COMPILED
    )


if os.environ.get("NECP_REPLAY_COMPILE") == "1":
    try:
        from mypyc.build import mypycify
    except ImportError:
        # setuptools asks first what is required, and calls again when it is there.
        setup(setup_requires=COMPILER)
    else:
        setup(
            setup_requires=COMPILER,
            ext_modules=mypycify(
                engine_files(),
                # More takes the C compiler twice as long.
                opt_level="1",
                debug_level="0",
                multi_file=True,
            ),
        )
else:
    setup()

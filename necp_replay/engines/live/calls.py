"""System calls through ``ctypes``: those of the running system, or of a library in their place."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any, Final

from necp_replay.errors import UsageError

_INT, _UINT32, _SIZE, _POINTER = (ctypes.c_int, ctypes.c_uint32, ctypes.c_size_t, ctypes.c_void_p)
_ARGUMENTS: Final[dict[str, tuple[Any, ...]]] = {
    "necp_open": (_INT,),
    "necp_client_action": (_INT, _UINT32, _POINTER, _SIZE, _POINTER, _SIZE),
    "necp_session_open": (_INT,),
    "necp_session_action": (_INT, _UINT32, _POINTER, _SIZE, _POINTER, _SIZE),
    "necp_match_policy": (_POINTER, _SIZE, _POINTER),
    "netagent_trigger": (_POINTER, _SIZE),
    "close": (_INT,),
}
_NEEDED: Final = ("necp_open", "necp_client_action", "close")


class SystemCalls:
    """The calls of the system (None), or of a library by its path. Raises UsageError."""

    def __init__(self, path: Path | None) -> None:
        """Load the library and look for the calls."""
        try:
            library = ctypes.CDLL(None if path is None else str(path.absolute()), use_errno=True)
        except OSError as error:
            raise UsageError(f"the library cannot be loaded: {error}") from None
        self._functions: dict[str, Any] = {}
        for name, arguments in _ARGUMENTS.items():
            function = getattr(library, name, None)
            if function is None:
                if name in _NEEDED:
                    raise UsageError(f"the library has no {name}")
                continue
            function.argtypes, function.restype = arguments, _INT
            self._functions[name] = function

    def has(self, name: str) -> bool:
        """Whether there is such a call."""
        return name in self._functions

    def make(self, name: str, *arguments: int | None) -> tuple[int, int]:
        """Make a call. Returns its value, and the error number if that is -1, else 0."""
        ctypes.set_errno(0)
        value = self._functions[name](*arguments)
        return value, ctypes.get_errno() if value == -1 else 0

"""The folder in which runs store what they remember, and whether it can be trusted.

Its content decides verdicts and the order of work, so no other user may be able to write into it.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Final

from necp_replay.errors import UsageError, hint_for

VARIABLE: Final = "NECP_REPLAY_CACHE"
"""The environment variable with the folder. If it is empty, nothing is remembered."""
_NAME: Final = "necp-replay"
_PRIVATE_MODE: Final = 0o700
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


def chosen_folder(given: Path | None) -> Path | None:
    """The folder of ``--cache``, else of the environment, else below the user's cache.

    None if nothing is to be remembered: the variable is empty, or the user has no home.
    """
    if given is not None:
        return given
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    return _of_user()


def _of_user() -> Path | None:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local, _NAME) if local else None
    if named := os.environ.get("XDG_CACHE_HOME"):
        # The specification says that a relative path is to be ignored.
        return Path(named, _NAME) if os.path.isabs(named) else None
    home = os.path.expanduser("~")
    if not os.path.isabs(home):
        return None
    below = ("Library", "Caches") if sys.platform == "darwin" else (".cache",)
    return Path(home, *below, _NAME)


def open_folder(folder: Path) -> Path:
    """Make the folder if it is missing, for its owner only. Returns it.

    Raises UsageError if it is not a folder, is a link, or can be written by other users.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.mkdir(_PRIVATE_MODE)
        except FileExistsError:
            _check(folder, folder.lstat())
    except OSError as error:
        raise UsageError(
            f"the cache cannot be used: {error.strerror or error}",
            file=str(folder),
            hint=f"{hint_for(error, writes=True)} {_HINT}",
        ) from None
    return folder


def _check(folder: Path, found: os.stat_result) -> None:
    reason = None
    if stat.S_ISLNK(found.st_mode):
        reason = "is a link, which is not followed"
    elif not stat.S_ISDIR(found.st_mode):
        reason = "is not a folder"
    elif sys.platform != "win32" and found.st_uid != os.geteuid():
        reason = "belongs to another user"
    elif sys.platform != "win32" and found.st_mode & _OTHERS_WRITE:
        reason = "may be written by others, who could change verdicts"
    if reason is not None:
        raise UsageError(f"the cache {reason}", file=str(folder), hint=_HINT)


_HINT: Final = "Name another folder with --cache DIR, or use --no-cache."

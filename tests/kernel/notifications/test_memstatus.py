"""Notifications that only newer releases have, and that change nothing."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.events.notifications import ReapCaches
from tests.kernel.builders import NEWER, OLDER, make_laptop


@pytest.mark.parametrize(("release", "errno"), [(OLDER, Errno.ENOTSUP), (NEWER, Errno.OK)])
def test_older_releases_do_not_have_them(release: str, errno: Errno) -> None:
    laptop = make_laptop(release)
    assert laptop.fd.memstatus().errno == errno
    assert laptop.system.submit(ReapCaches()).errno == errno

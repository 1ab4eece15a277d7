"""The releases of xnu-6153: macOS 10.15, iOS 13. Each states only what it changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from necp_replay.releases.release import Release
from necp_replay.releases.xnu_4903 import XNU_4903_270_47

XNU_6153_11_26: Final = Release(
    replace(
        XNU_4903_270_47.profile,
        release="xnu-6153.11.26",
        agent_logs_go_to_os_log=True,
    ),
    parent=XNU_4903_270_47.tag,
)

XNU_6153_41_3: Final = Release(
    replace(XNU_6153_11_26.profile, release="xnu-6153.41.3"),
    parent=XNU_6153_11_26.tag,
)

XNU_6153_101_6: Final = Release(
    replace(XNU_6153_41_3.profile, release="xnu-6153.101.6"),
    parent=XNU_6153_41_3.tag,
)

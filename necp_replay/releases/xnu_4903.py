"""The releases of xnu-4903: macOS 10.14, iOS 12. Each states only what it changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from necp_replay.releases.release import Release
from necp_replay.releases.xnu_4570 import XNU_4570_71_2

XNU_4903_221_2: Final = Release(
    replace(XNU_4570_71_2.profile, release="xnu-4903.221.2"),
    parent=XNU_4570_71_2.tag,
)

XNU_4903_270_47: Final = Release(
    replace(XNU_4903_221_2.profile, release="xnu-4903.270.47"),
    parent=XNU_4903_221_2.tag,
)

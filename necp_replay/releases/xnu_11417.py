"""The releases of xnu-11417: macOS 15.4 to 15.5, iOS 18.4 to 18.5.

Each states only what it changed.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.interface_flags import Xflags11417
from necp_replay.releases.profile import replace
from necp_replay.releases.release import Release
from necp_replay.releases.xnu_11215 import XNU_11215_81_4

XNU_11417_121_6: Final = Release(
    replace(
        XNU_11215_81_4.profile,
        release="xnu-11417.121.6",
        flow_statistics_bytes=136,
        removed_flow_takes_any_statistics=True,
        defunct_flows_are_shown=True,
        agent_ids_are_unique=True,
        sessions_can_have_many_agents=True,
        trie_search_ends_with_name=True,
        interface_xflags=Xflags11417,
        link_heuristics_are_told=True,
        ultra_constrained_denial_is_posted=True,
    ),
    parent=XNU_11215_81_4.tag,
)

RELEASES_11417: Final = (XNU_11417_121_6,)
"""The modelled releases, oldest first."""

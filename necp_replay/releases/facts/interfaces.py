"""Facts about network interfaces."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Annotated

from necp_replay.abi.interface_flags import Eflags4570, Xflags4570
from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class InterfaceFacts:
    """What the kernel keeps of an interface."""

    interface_eflags: Annotated[
        type[enum.IntFlag], Fact(title="Names of the flags in if_eflags (IFEF_)")
    ] = Eflags4570

    interface_xflags: Annotated[
        type[enum.IntFlag], Fact(title="Names of the flags in if_xflags (IFXF_)")
    ] = Xflags4570

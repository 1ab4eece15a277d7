"""The random choices of the kernels that vectors were measured on, as inputs.

From macOS 12 on, the kernel under measurement had fixed keys, and its random generator gave fixed
bytes. Every vector of such a release was measured so, and no vector says it.
"""

from __future__ import annotations

import re
from typing import Final

from necp_replay.events.inputs import Step
from necp_replay.events.notifications import ApplicationIdKey, RandomBytes, ResolverKey

_FIRST_MAJOR: Final = 8019
"""xnu-8019 is the kernel of macOS 12."""
_TAG: Final = re.compile(r"xnu-([0-9]{1,9})\.", re.ASCII)
_KEY: Final = bytes(range(32))
_RANDOM: Final = bytes(range(0x5A, 0x5A + 32))


def known_choices(release: str) -> tuple[Step, ...]:
    """What the kernel of a release chose, as steps before the first one; empty where unknown."""
    tag = _TAG.match(release)
    if tag is None or int(tag[1]) < _FIRST_MAJOR:
        return ()
    return Step(ResolverKey(_KEY)), Step(ApplicationIdKey(_KEY)), Step(RandomBytes(_RANDOM))

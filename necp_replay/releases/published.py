"""Every published version of the subsystem since macOS 10.13, and the systems that shipped it.

Several tags of the kernel's source have the same version of ``necp_client.c``. One of them names
the version; the model, when there is one, is of that tag.
"""

from __future__ import annotations

from typing import Final

from necp_replay.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """One published tag. The version of iOS is of the same cycle, so it is approximate.

    ``version`` is the tag that names its version of the subsystem, which may be this tag itself.
    """

    tag: str
    version: str
    darwin: str
    macos: str
    ios: str
    released: str
    """When this version of macOS came out, as an ISO date."""


def _published(rows: str) -> dict[str, Published]:
    found = {}
    version = ""
    for row in rows.strip().splitlines():
        mark, number, darwin, macos, ios, released = row.split()
        tag = f"xnu-{number}"
        version = tag if mark == "*" else version
        found[tag] = Published(tag, version, darwin, macos, ios, released)
    return found


PUBLISHED: Final = _published("""
* 4570.1.46          17.0.0  10.13    11.0      2017-09-25
= 4570.20.62         17.2.0  10.13.1  11.1      2017-10-31
* 4570.31.3          17.3.0  10.13.2  11.2      2017-12-06
* 4570.41.2          17.4.0  10.13.3  11.2.5    2018-01-23
* 4570.51.1          17.5.0  10.13.4  11.3      2018-03-29
* 4570.61.1          17.6.0  10.13.5  11.4      2018-06-01
* 4570.71.2          17.7.0  10.13.6  11.4.1    2018-07-09
* 4903.221.2         18.2.0  10.14.1  12.1      2018-10-30
= 4903.231.4         18.2.0  10.14.2  12.1.1    2018-12-05
= 4903.241.1         18.2.0  10.14.3  12.1.3    2019-01-22
* 4903.270.47        18.7.0  10.14.6  12.4      2019-07-22
* 6153.11.26         19.0.0  10.15    13.1      2019-10-07
* 6153.41.3          19.0.0  10.15.1  13.2      2019-10-29
= 6153.61.1          19.2.0  10.15.2  13.3      2019-12-10
= 6153.81.5          19.3.0  10.15.3  13.3.1    2020-01-28
* 6153.101.6         19.4.0  10.15.4  13.4      2020-03-24
= 6153.121.1         19.5.0  10.15.5  13.5      2020-05-26
= 6153.141.1         19.6.0  10.15.6  13.6      2020-07-15
* 7195.50.7.100.1    20.1.0  11.0.1   14.2      2020-11-12
= 7195.60.75         20.2.0  11.1     14.3      2020-12-14
= 7195.81.3          20.3.0  11.2     14.4      2021-02-01
* 7195.101.1         20.4.0  11.3     14.5      2021-04-26
= 7195.121.3         20.5.0  11.4     14.6      2021-05-24
= 7195.141.2         20.6.0  11.5     14.7      2021-07-21
* 8019.41.5          21.1.0  12.0.1   15.1      2021-10-25
* 8019.61.5          21.2.0  12.1     15.2      2021-12-13
* 8019.80.24         21.3.0  12.2     15.3      2022-01-26
* 8020.101.4         21.4.0  12.3     15.4      2022-03-14
* 8020.140.41        21.6.0  12.5     15.6      2022-07-20
= 8020.121.3         21.5.0  12.4     15.5      2022-05-16
* 8792.41.9          22.1.0  13.0     16.1      2022-10-24
* 8792.61.2          22.2.0  13.1     16.2      2022-12-13
* 8792.81.2          22.3.0  13.2     16.3      2023-01-23
* 8796.101.5         22.4.0  13.3     16.4      2023-03-27
* 8796.141.3         22.6.0  13.5     16.6      2023-07-24
= 8796.121.2         22.5.0  13.4     16.5      2023-05-18
* 10002.1.13         23.0.0  14.0     17.0      2023-09-26
* 10002.41.9         23.1.0  14.1     17.1      2023-10-25
* 10002.61.3         23.2.0  14.2     17.2      2023-12-11
= 10002.81.5         23.3.0  14.3     17.3      2024-01-22
* 10063.101.15       23.4.0  14.4     17.4      2024-03-07
* 10063.121.3        23.5.0  14.5     17.5      2024-05-13
* 10063.141.1        23.6.0  14.6     17.6      2024-07-29
* 11215.1.10         24.0.0  15.0     18.0      2024-09-16
= 11215.41.3         24.1.0  15.1     18.1      2024-10-28
* 11215.61.5         24.2.0  15.2     18.2      2024-12-11
* 11215.81.4         24.3.0  15.3     18.3      2025-01-27
* 11417.121.6        24.5.0  15.5     18.5      2025-05-12
= 11417.101.15       24.4.0  15.4     18.4      2025-03-31
""")
"""Every published tag, by version. ``*`` names a version, ``=`` has the version above it.

Source: config/MasterVersion of each tag, release notes of the systems.
"""

VERSIONS: Final = tuple(tag for tag, entry in PUBLISHED.items() if entry.version == tag)
"""The tags that name a version, oldest first."""

"""Groups of records that belong together: what concerns one client, session, interface or agent."""

from __future__ import annotations

from collections.abc import Iterable

from necp_replay.tools.packed_keys import History


def groups_of(history: History, numbers: Iterable[int]) -> list[list[int]]:
    """For each object that several records touch, the numbers of these records.

    The largest group comes first, of equal ones the one with the latest record, so that removing a
    whole process or session is tried before the parts of it.
    """
    members: dict[int, list[int]] = {}
    whole = history.objects.whole
    for number in numbers:
        touched = {
            whole[key]
            for keys in (history.serves, history.needs, history.kills)
            for key in keys.at(number)
        }
        for key in touched:
            members.setdefault(key, []).append(number)
    several = {tuple(group) for group in members.values() if len(group) > 1}
    return [list(group) for group in sorted(several, key=lambda group: (-len(group), -group[-1]))]

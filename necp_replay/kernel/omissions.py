"""What the engine leaves out on purpose, and what happens instead."""

from __future__ import annotations

from typing import Final

from necp_replay.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Omission:
    """Something that the real system has and the engine does not, and what happens instead."""

    what: str
    instead: str


OMISSIONS: Final[tuple[Omission, ...]] = (
    Omission(
        "Everything after a panic, or after a type confusion that overwrote something",
        "The outcome says panic, or what was overwritten. Every later one is `Absent`.",
    ),
    Omission(
        "An fd number that the trace assigns and that is open in the engine",
        "The call is `Absent`: the trace does not belong to this state.",
    ),
    Omission(
        "Ids that the kernel generates",
        "They are part of the record; one that lacks an id is `Absent`.",
    ),
    Omission(
        "Failing allocations",
        "Memory never runs out, so no action answers ENOMEM for lack of it.",
    ),
    Omission(
        "Threads: what a lock or its absence lets happen between two steps of one call",
        "Inputs are carried out whole, in the order of the trace.",
    ),
    Omission(
        "The text of log records",
        "Level, function and error number are effects.",
    ),
    Omission(
        "Bytes of an answer that follow from no input (POLICY_GET, padding)",
        "Zeros, and an effect that names function and extent.",
    ),
    Omission(
        "Kernel memory after a nexus key that is shorter than its length",
        "Zeros, up to the 64 KiB that an outcome shows; a message with more is `Absent`.",
    ),
    Omission(
        "More than a million effects of one input",
        "The outcome is `Absent`, and so is every later one.",
    ),
    Omission(
        "What corrupted memory does later",
        "The corruption is an effect with function and extent; the engine goes on as if the bytes "
        "had not been needed, except where a later use panics.",
    ),
    Omission(
        "Nexuses: creating them, their channels and their flows",
        "The published source of these releases has none; `inject_nexus_flow` makes the flow, and "
        "messages to agents are effects.",
    ),
    Omission(
        "TCP, UDP and the sockets layer, except for the caches that clients teach",
        "What they call in the subsystem is an input: registering, assigning, removing, disposing.",
    ),
    Omission(
        "Drivers, DHCP, routing daemons, cloned and expiring routes",
        "Interfaces, addresses and routes are what the trace says they are.",
    ),
    Omission(
        "Policies for packets and sockets in use",
        "They are kept, counted and dumped; only evaluation for clients and necp_match_policy "
        "matches them.",
    ),
    Omission(
        "Mandatory access control and privileges beyond those that the subsystem asks for",
        "A process has the privileges that the trace gives it.",
    ),
)

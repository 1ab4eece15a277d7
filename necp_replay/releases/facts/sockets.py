"""Facts about sockets and the TCP heuristics cache."""

from __future__ import annotations

from typing import Annotated

from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class SocketFacts:
    """What happens to the flow of a socket, and what the TCP cache stores."""

    attributes_check_domain: Annotated[
        bool,
        Fact(
            title="Reading the attributes of a socket of another domain than IP",
            function="necp_get_socket_attributes",
            meanings={
                False: "succeeds, and takes its control block for an inpcb",
                True: "EINVAL, as for setting them",
            },
            traces=("attributes_of_a_local_socket",),
            vulnerabilities={False: "socket-attributes-type-confusion"},
        ),
    ] = False

    sockets_have_trackers: Annotated[
        bool,
        Fact(
            title="Attributes of a socket",
            function="necp_set_socket_attributes, necp_get_socket_attributes",
            meanings={
                False: "domain and account",
                True: "also owner and context of the domain, and the domain of a tracker; a"
                " context given alone leaves the others as they were; the size becomes 0 where a"
                " socket of another domain than IP is refused",
            },
            traces=("attributes_that_tell_of_trackers",),
        ),
    ] = False

    other_files_have_no_device: Annotated[
        bool,
        Fact(
            title="ioctl and select of a file of another type than those of NECP",
            meanings={
                False: "ENOTTY and EOPNOTSUPP",
                True: "ENXIO",
            },
            traces=("calls_on_another_file",),
        ),
    ] = False

    inpcb_dispose_unregisters_flow: Annotated[
        bool,
        Fact(
            title="A raw socket disposed of",
            function="necp_inpcb_dispose",
            meanings={
                False: "its flow stays, with a handle to freed memory, and so does its count",
                True: "its flow ends, and the fd is woken",
            },
            traces=("raw_socket_disposed", "raw_socket_disposed_while_assigned"),
            vulnerabilities={False: "raw-inpcb-dangling-flow"},
        ),
    ] = False

    tfo_cookie_length_is_clamped: Annotated[
        bool,
        Fact(
            title="A Fast Open cookie longer than 16 bytes",
            function="tcp_cache_set_cookie_common",
            meanings={
                False: "is copied whole, past the end of its allocation; looking at it later"
                " panics",
                True: "is cut to 16 bytes",
            },
            traces=("tfo_cookie_too_long", "tfo_cookie_of_every_length", "tfo_cookie_looked_at"),
            vulnerabilities={False: "tfo-cookie-heap-overflow"},
        ),
    ] = False

    heuristics_are_logged: Annotated[
        bool,
        Fact(
            title="Log records of TCP's caches",
            function="tcp_heuristic_reset_counters, tcp_heuristic_inc_counters,"
            " tcp_heuristic_ecn_aggressive_common, __tcp_heuristic_tfo_middlebox_common",
            meanings={
                False: "none",
                True: "one where a feature is disabled for a time, or a counter is reset at its"
                " limit",
            },
            traces=("heuristics_in_logs",),
        ),
    ] = False

    success_makes_heuristic: Annotated[
        bool,
        Fact(
            title="A success on a network of which nothing is known",
            function="tcp_heuristic_reset_counters",
            meanings={
                False: "is not stored",
                True: "makes an entry, with the first backoff that is set at that time",
            },
            traces=("success_on_an_unknown_network",),
        ),
    ] = False

    ecn_backoff_holds_counters: Annotated[
        bool,
        Fact(
            title="Losses while ECN is disabled for a time",
            function="tcp_heuristic_inc_counters, tcp_heuristic_ecn_aggressive_common,"
            " tcp_heuristic_do_ecn_common",
            meanings={
                False: "count, and prolong the time",
                True: "do not count, except a reset of a SYN",
            },
            traces=("losses_during_a_backoff",),
        ),
    ] = False

    listeners_are_filtered: Annotated[
        bool,
        Fact(
            title="Interfaces on which a socket that listens for a client may receive",
            function="necp_socket_is_allowed_to_recv_on_interface",
            meanings={
                False: "all: nothing is checked",
                True: "those that match the client's parameters",
            },
            not_observable="Releases without it have no such input, so a trace of it is not"
            " modelled there.",
        ),
    ] = False

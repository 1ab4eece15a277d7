"""Facts about log records."""

from __future__ import annotations

from typing import Annotated

from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class LogFacts:
    """Where log records go."""

    logs_go_to_os_log: Annotated[
        bool,
        Fact(
            title="Where log records of NECP go",
            function="NECPLOG",
            meanings={
                False: "to the kernel's log, with a syslog level",
                True: "to os_log, with the type error or default",
            },
            traces=("log_records_in_os_log",),
        ),
    ] = False

    agent_logs_go_to_os_log: Annotated[
        bool,
        Fact(
            title="Where log records about agents go",
            function="NETAGENTLOG",
            meanings={
                False: "to the kernel's log, with a syslog level",
                True: "to os_log, with the type error or default",
            },
            traces=("log_records_about_agents",),
        ),
    ] = False

    clients_can_be_traced: Annotated[
        bool,
        Fact(
            title="Log records that trace clients, flows and parameters",
            function="NECP_CLIENT_LOG, NECP_CLIENT_FLOW_LOG, NECP_CLIENT_PARAMS_LOG",
            meanings={
                False: "none",
                True: "are written as net.necp.client_tracing_level and client_tracing_pid say",
            },
            traces=("clients_that_are_traced",),
        ),
    ] = False

"""Where log records go."""

from __future__ import annotations

from necp_replay.abi.log import LOG_DEBUG, LOG_ERR, LOG_NOTICE, OS_LOG_DEFAULT, OS_LOG_ERROR
from necp_replay.events.effects import Log
from necp_replay.kernel.state import KernelState
from necp_replay.releases.names import find_release


def logged(release: str, level: int) -> Log:
    kernel = KernelState(find_release(release, under_way=True))
    kernel.log(level, "necp_client_add", 22)
    (record,) = kernel.effects
    assert isinstance(record, Log)
    return record


def test_records_have_a_syslog_level_of_notice_at_least() -> None:
    assert logged("xnu-4570.51.1", LOG_ERR) == Log(LOG_ERR, "necp_client_add", 22)
    assert logged("xnu-4570.51.1", LOG_DEBUG) == Log(LOG_NOTICE, "necp_client_add", 22)


def test_records_go_to_os_log_as_errors_or_by_default_where_the_release_says_so() -> None:
    for level, os_log_type in ((LOG_ERR, OS_LOG_ERROR), (LOG_DEBUG, OS_LOG_DEFAULT)):
        record = logged("xnu-7195.50.7.100.1", level)
        assert record == Log(0, "necp_client_add", 22, os_log_type)

"""Rebuilds what is searched after policies were applied, and logs it.

The kernel rebuilds its arrays at once. Nothing but a debug log shows when, so here the array that
is searched is made when it is next looked at (:mod:`~necp_replay.kernel.policy.database`), and the
others (:mod:`~necp_replay.kernel.policy.search_array`) only to be logged.
"""

from __future__ import annotations

from collections.abc import Sequence

from necp_replay.abi.log import LOG_DEBUG
from necp_replay.kernel.policy.search_array import ip_output_arrays, socket_arrays
from necp_replay.kernel.state import KernelState


def rebuild_arrays(kernel: KernelState) -> None:
    """Note that the kernel policies have changed, and log all arrays if debug logs are on.

    Source: necp_kernel_socket_policies_reprocess, necp_kernel_ip_output_policies_reprocess,
    xnu-4570.51.1.
    """
    policies = kernel.policies
    policies.note_applied_policies()
    if not policies.debug:
        return
    function = "necp_kernel_socket_policies_dump_all"
    _log_arrays(kernel, function, [policies.app_layer_map], 0)
    if policies.app_layer_map:
        kernel.log(LOG_DEBUG, function)
    in_order = policies.socket_policies.in_order()
    _log_arrays(kernel, function, socket_arrays(in_order, keeps_all=policies.keeps_all), 2)
    _log_arrays(
        kernel,
        "necp_kernel_ip_output_policies_dump_all",
        ip_output_arrays(
            policies.ip_output_policies.in_order(),
            skips_in_every_array=kernel.profile.ip_skips_are_in_every_array,
            keeps_all=policies.keeps_all,
            leaves_out_useless_skips=kernel.profile.lone_ip_skips_are_not_counted,
        ),
        2,
    )


def _log_arrays(
    kernel: KernelState,
    function: str,
    arrays: Sequence[Sequence[object]],
    records_per_array: int,
) -> None:
    """Log as often as the kernel does when it dumps arrays: two headings, then once per policy."""
    records = 2 + sum(records_per_array + len(array) for array in arrays)
    kernel.log(LOG_DEBUG, function, times=records)

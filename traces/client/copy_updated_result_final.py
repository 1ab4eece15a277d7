"""COPY_UPDATED_RESULT_FINAL, which releases from xnu-11215 on handle: others refuse the action."""

from necp_replay.abi.client import ClientAction
from necp_replay.scenario import System, faulting, nowhere, room

REMOTE = "203.0.113.5:443"
FINAL = ClientAction.COPY_UPDATED_RESULT_FINAL


def copy_updated_result_final(system: System) -> None:
    """The last result of a client that waits for no more: new, then read already, then changed.

    Source: necp_client_copy, xnu-11215.1.10; measured in x11215_copy_updated_final.
    """
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE)
    fd.action(FINAL, client.client_id, room(1024))
    fd.action(FINAL, client.client_id, room(1024))
    fd.poll()
    wifi.update(mtu=1400)
    system.update_all_clients()
    system.fire_timer()
    fd.action(FINAL, client.client_id, room(1024))
    client.copy_updated_result()
    system.snapshot()


def copy_updated_result_final_refused(system: System) -> None:
    """Ids and buffers that cannot be used.

    Source: necp_client_copy, xnu-11215.1.10.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE)
    for buffer in (faulting(1024, 10), None, nowhere(), room(4)):
        fd.action(FINAL, client.client_id, buffer)
    for client_id in (None, nowhere(), bytes(15), bytes([9]) * 16):
        fd.action(FINAL, client_id, room(1024))
    system.snapshot()

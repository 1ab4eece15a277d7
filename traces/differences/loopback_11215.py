"""What xnu-11215 changed about loopback: who may not use it."""

from necp_replay.scenario import System

MEDIA_DISCOVERY = "com.apple.developer.media-device-discovery-extension"


def program_that_discovers_media_devices(system: System) -> None:
    """A program that may discover media devices connects to itself, and another one does.

    Source: necp_task_has_loopback_drop_entitlement, xnu-11215.1.10.
    """
    loopback = system.add_interface("lo0", 1, functional_type=1, addrs=["127.0.0.1/8"])
    system.order_interfaces(loopback)
    system.add_route("127.0.0.0/8", loopback)
    for pid, entitlements in ((100, [MEDIA_DISCOVERY]), (101, [])):
        app = system.add_process(pid, entitlements=entitlements)
        app.necp_open().add(remote="127.0.0.1:631", local="127.0.0.1:50000").copy_result()

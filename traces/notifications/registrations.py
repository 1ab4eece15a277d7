"""Flow registrations that unpublished code makes, and assertions of the radio manager."""

from necp_replay.scenario import ProcessHandle, System, runs_on
from necp_replay.scenario.policies import default, use_netagent

REMOTE = "203.0.113.5:443"
NEXUS_PROVIDER = 0x83
"""An agent that is registered, active, and provides a nexus."""
USE_CLIENT_ID, BROWSE, BROWSE_WITH_NEXUS = 0x2, 0x4, 0x5
RADIO_MANAGER = "WirelessRadioManager"


@runs_on(since="xnu-4903.221.2")
def registrations_of_every_kind(system: System) -> None:
    """Registrations by their flags, what agents are told of their flows, and unknown clients.

    Source: necp_client_create_flow_registration, necp_destroy_client_flow_registration,
    xnu-4903.221.2, xnu-6153.11.26.
    """
    fd = system.add_process(100).necp_open()
    nexus = system.add_agent("nexus", flags=NEXUS_PROVIDER, via="kernel")
    client = fd.add(remote=REMOTE)
    for flags in (0, USE_CLIENT_ID, BROWSE, BROWSE_WITH_NEXUS):
        registration = client.create_registration(flags)
        registration.inject_nexus_flow(nexus.uuid, assigned=True)
        registration.copy_result()
    fd.client(bytes(16)).create_registration()
    system.snapshot()
    client.copy_result()
    fd.defunct()
    client.copy_result()
    client.remove()


@runs_on(since="xnu-4903.221.2")
def radio_manager(system: System) -> None:
    """Assertions of the radio manager: made, taken back, refused, and without a manager.

    Source: necp_client_assert_bb_radio_manager, xnu-4903.221.2.
    """
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    client.assert_radio_manager()
    agent = system.add_agent(
        "radio", domain=RADIO_MANAGER, type=f"{RADIO_MANAGER}:BB Manager", via="kernel"
    )
    _use_for_everybody(
        system.add_process(300, "root", uid=0, privileged=True, platform_binary=True), agent.uuid
    )
    client.assert_radio_manager(on=False)
    client.assert_radio_manager()
    system.snapshot()
    client.assert_radio_manager(on=False)
    agent.fail(55)
    client.assert_radio_manager()
    client.fd.client(bytes(16)).assert_radio_manager()
    client.remove()
    client.assert_radio_manager()


def _use_for_everybody(root: ProcessHandle, agent: bytes) -> None:
    session = root.open_policy_session()
    session.add_policy(order=10, conditions=[default()], result=use_netagent(agent))
    session.apply_all()

"""What xnu-7195 changed about clients that are claimed."""

from necp_replay.scenario import System, runs_on


@runs_on(since="xnu-6153.11.26")
def client_that_is_claimed(system: System) -> None:
    """A client that acts for another process is claimed by it; whose kind of binary it then has.

    Source: necp_client_claim, xnu-7195.50.7.100.1.
    """
    client = system.add_process(100, "helper").necp_open().add(remote="203.0.113.5:443")
    claimer = system.add_process(200, "tool", platform_binary=True).necp_open()
    assert claimer.claim(client.client_id).errno == 2
    client.act_for(200)
    assert claimer.claim(client.client_id).errno == 0
    assert client.copy_result().errno == 2
    system.snapshot()

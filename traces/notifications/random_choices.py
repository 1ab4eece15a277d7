"""What a kernel draws at random, and a client that acts for another process."""

from necp_replay.scenario import Errno, System, runs_on


def random_choices(system: System) -> None:
    """A trace says which key the kernel drew, and what its random generator gives.

    Older releases have no use for them. Source: read_frandom, xnu-8019.80.24.
    """
    assert system.set_application_id_key(bytes(31)).errno == Errno.EINVAL
    assert system.set_application_id_key(bytes(range(32))).errno == 0
    assert system.set_random_bytes(b"\x5a\x5b\x5c").errno == 0


@runs_on(since="xnu-6153.11.26")
def client_that_acts_for_another_process(system: System) -> None:
    """A client is made one that acts for another process; its id counts, and not its parameters.

    Source: necp_client_claim, xnu-6153.11.26.
    """
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    assert client.act_for(200).errno == 0
    system.snapshot()
    client.remove()
    assert client.act_for(200).errno == Errno.ENOENT

"""REMOVE of a client that is gone already, which the two releases answer differently."""

from necp_replay.scenario import System


def remove_twice(system: System) -> None:
    """A client is removed, and removed again."""
    fd = system.add_process(pid=100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    assert client.remove().errno == 0
    client.remove()

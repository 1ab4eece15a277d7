"""A client is made one that acts for another process."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from necp_replay.events.outcome import Absent
from tests.kernel.builders import NEWER, REMOTE, make_laptop

RELEASE = "xnu-6153.11.26"


def test_the_client_has_the_unique_pid_of_the_process() -> None:
    laptop = make_laptop(RELEASE)
    client = laptop.fd.add(remote=REMOTE)
    assert client.act_for(200).errno == Errno.OK
    assert laptop.client(client).delegated_upid == (1 << 32) + 200


def test_an_unknown_client_is_enoent() -> None:
    laptop = make_laptop(RELEASE)
    client = laptop.fd.add(remote=REMOTE)
    client.remove()
    assert client.act_for(200).errno == Errno.ENOENT


def test_releases_whose_clients_act_for_no_other_process_have_no_such_input() -> None:
    laptop = make_laptop(NEWER)
    client = laptop.fd.add(remote=REMOTE)
    assert isinstance(client.act_for(200).answer, Absent)

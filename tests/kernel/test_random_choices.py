"""What the kernel draws at random is what the trace says."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from tests.kernel.builders import make_system


def test_the_key_for_ids_of_applications_is_of_32_bytes() -> None:
    system = make_system()
    assert system.set_application_id_key(bytes(31)).errno == Errno.EINVAL
    assert system.set_application_id_key(bytes(32)).errno == Errno.OK


def test_the_generator_may_give_anything() -> None:
    assert make_system().set_random_bytes(b"").errno == Errno.OK

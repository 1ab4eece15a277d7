"""GET_SIGNED_CLIENT_ID: the executable of the process, and who may ask for it."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.scenario.buffers import faulting, read_only, room
from tests.kernel.builders import Laptop, make_laptop
from tests.kernel.client_actions.arguments import Arguments, shown, verdict

FUNCTION = "necp_client_get_signed_client_id"
KEY = bytes(range(32))
ONE = b"\1\0\0\0"
HOST = "com.apple.developer.web-browser-engine.host"
NETWORKING = "com.apple.developer.web-browser-engine.networking"


def laptop_of(release: str = "xnu-11417.121.6", *entitlements: str) -> Laptop:
    laptop = make_laptop(release)
    laptop.system.set_application_id_key(KEY)
    laptop.app.update(entitlements=entitlements, privileged=False)
    return laptop


def test_the_signature_is_of_the_executable_and_the_type() -> None:
    laptop = laptop_of()
    content = b" " * 32 + b"NECP Application ID\0" + laptop.app.exec_uuid + ONE
    signature = hmac.digest(KEY, content, hashlib.sha256)
    answer = laptop.fd.get_signed_client_id()
    assert answer.errno == 0
    assert shown(answer)[1] == laptop.app.exec_uuid + b"\x20\0\0\0" + signature


@pytest.mark.parametrize(
    ("release", "entitlement", "errno"),
    [
        ("xnu-10063.101.15", NETWORKING, Errno.OK),
        ("xnu-10063.101.15", HOST, Errno.EAUTH),
        ("xnu-10063.121.3", NETWORKING, Errno.EAUTH),
        ("xnu-10063.121.3", HOST, Errno.OK),
        ("xnu-10063.141.1", "other", Errno.EAUTH),
        ("xnu-11215.1.10", "other", Errno.OK),
    ],
)
def test_who_may_ask_differs_between_releases(release: str, entitlement: str, errno: Errno) -> None:
    laptop = laptop_of(release, entitlement)
    assert verdict(laptop.fd.get_signed_client_id()) == (errno, [FUNCTION] if errno else [])


def test_the_privilege_to_act_for_others_is_enough() -> None:
    laptop = laptop_of("xnu-10063.141.1")
    laptop.app.update(privileged=("PRIV_NET_PRIVILEGED_SOCKET_DELEGATE",))
    assert laptop.fd.get_signed_client_id().errno == 0


@pytest.mark.parametrize(
    ("arguments", "errno"),
    [
        (Arguments(None, room(52)), Errno.EINVAL),
        (Arguments(ONE[:3], room(52)), Errno.EINVAL),
        (Arguments(ONE + b"\0", room(52)), Errno.EINVAL),
        (Arguments(ONE, room(51)), Errno.EINVAL),
        (Arguments(ONE, None), Errno.EINVAL),
        (Arguments(faulting(4, 3), room(52)), Errno.EFAULT),
        (Arguments(b"\2\0\0\0", room(52)), Errno.ENOENT),
        (Arguments(ONE, read_only(bytes(52))), Errno.EFAULT),
    ],
)
def test_what_is_not_right_is_refused_with_a_log_record(arguments: Arguments, errno: Errno) -> None:
    answer = arguments.call(laptop_of().fd, ClientAction.GET_SIGNED_CLIENT_ID)
    assert verdict(answer) == (errno, [FUNCTION])


def test_releases_before_xnu_10063_do_not_know_it() -> None:
    answer = laptop_of("xnu-10002.61.3").fd.get_signed_client_id()
    assert verdict(answer) == (Errno.EINVAL, ["necp_client_action"])


def test_without_the_key_the_signature_is_not_determined() -> None:
    laptop = make_laptop("xnu-11417.121.6")
    answer = laptop.fd.get_signed_client_id()
    assert answer.errno == 0
    assert shown(answer)[1] == laptop.app.exec_uuid + b"\x20"
    assert answer.outcome.unmeasured == ("buffer[20:]",)

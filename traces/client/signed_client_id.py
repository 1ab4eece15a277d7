"""GET_SIGNED_CLIENT_ID and SET_SIGNED_CLIENT_ID, which releases from xnu-10063 on handle."""

from necp_replay.abi.client import ClientAction
from necp_replay.scenario import System, faulting, nowhere, room

KEY = bytes(range(32))
HOST = "com.apple.developer.web-browser-engine.host"
DELEGATE = "PRIV_NET_PRIVILEGED_SOCKET_DELEGATE"
APPLICATION = b"\1\0\0\0"
ANSWER_BYTES = 52
GET, SET = ClientAction.GET_SIGNED_CLIENT_ID, ClientAction.SET_SIGNED_CLIENT_ID


def get_signed_client_id(system: System) -> None:
    """The host of a browser's engine asks for the signed id of its application.

    Source: necp_client_get_signed_client_id, xnu-10063.101.15; measured in x10063_signed_client_id.
    """
    system.set_application_id_key(KEY)
    host = system.add_process(100, entitlements=[HOST], privileged=[DELEGATE]).necp_open()
    host.get_signed_client_id()


def get_signed_client_id_refused(system: System) -> None:
    """Kinds of ids and buffers that cannot be used, and a process without the right.

    Source: necp_client_get_signed_client_id, xnu-10063.101.15.
    """
    system.set_application_id_key(KEY)
    host = system.add_process(100, entitlements=[HOST], privileged=[DELEGATE]).necp_open()
    for kind in (None, nowhere(), b"\1", b"\2\0\0\0", faulting(4, 3)):
        host.action(GET, kind, room(ANSWER_BYTES))
    for buffer in (None, nowhere(), room(ANSWER_BYTES - 1), faulting(ANSWER_BYTES, 10)):
        host.action(GET, APPLICATION, buffer)
    system.add_process(101).necp_open().get_signed_client_id()


def set_signed_client_id(system: System) -> None:
    """An extension takes the signed id of its host's application.

    Source: necp_client_set_signed_client_id, xnu-10063.101.15; measured in x10063_signed_client_id.
    """
    system.set_application_id_key(KEY)
    host = system.add_process(100, entitlements=[HOST], privileged=[DELEGATE]).necp_open()
    signed = host.get_signed_client_id().whole_buffer
    extension = system.add_process(101, privileged=[DELEGATE]).necp_open()
    extension.set_signed_client_id(signed.ljust(ANSWER_BYTES, b"\0"))


def set_signed_client_id_refused(system: System) -> None:
    """Ids that were not signed, cut short, or cannot be read, and kinds that there are not.

    Source: necp_client_set_signed_client_id, xnu-10063.101.15.
    """
    system.set_application_id_key(KEY)
    extension = system.add_process(101, privileged=[DELEGATE]).necp_open()
    extension.set_signed_client_id(bytes(ANSWER_BYTES))
    for kind in (None, nowhere(), b"\1", b"\2\0\0\0", faulting(4, 3)):
        extension.action(SET, kind, bytes(ANSWER_BYTES))
    for buffer in (None, nowhere(), bytes(ANSWER_BYTES - 1), faulting(ANSWER_BYTES, 10)):
        extension.action(SET, APPLICATION, buffer)

"""Operations about what the kernel signs: answers of resolvers, and the ids of applications."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import RESOLVER_TAG_BYTES, ClientAction, ClientParameter
from necp_replay.abi.client_structs import HOST_NAME_LENGTH, SIGNABLE
from necp_replay.abi.policy import PolicyCondition
from necp_replay.abi.signable import (
    MAX_SIGNABLE_BYTES,
    SIGNED_CLIENT_ID,
    SIGNED_CLIENT_ID_UUID,
    VALIDATABLE,
    SignType,
)
from necp_replay.abi.tlv import pack_tlv
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events import notifications, sockets, syscalls
from necp_replay.events.inputs import Input
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.generate import policies, values
from necp_replay.generate.generator import APP, DAEMON, NOBODY, Generator, KnownFd
from necp_replay.generate.hostile_calls import client_call
from necp_replay.kernel.objects.signer import Signer, application_id_content, signable_content
from necp_replay.scenario.buffers import BufferLike, as_buffer, room
from necp_replay.scenario.parameters import client_parameters
from necp_replay.scenario.signables import browse_result, host_answer, service_answer

RESOLVER_KEY: Final = bytes(range(32))
APPLICATION_KEY: Final = bytes(range(32, 64))
RANDOM: Final = bytes(range(0x5A, 0x7A))
_HOST: Final = "www.example.com"
_ADDRESS: Final = "203.0.113.9:443"


def prepare(generator: Generator) -> None:
    """Say what the kernel draws at random, so that no signature and no port is in doubt."""
    generator.emit(notifications.ResolverKey(RESOLVER_KEY))
    generator.emit(notifications.ApplicationIdKey(APPLICATION_KEY))
    generator.emit(notifications.RandomBytes(RANDOM))


def malformed_key(generator: Generator) -> None:
    """A key that has the wrong length."""
    key = generator.pick((b"", b"short", bytes(33)))
    events: tuple[Input, ...] = (
        notifications.ResolverKey(key),
        notifications.ApplicationIdKey(key),
    )
    generator.emit(generator.steer("key", events))


def sign(generator: Generator) -> None:
    """SIGN of an answer of any kind, by a process with or without the privilege."""
    answer = _answer(generator)
    cut = generator.steer("answer", (None, None, None, 51, 19))
    client_call(generator, ClientAction.SIGN, _daemon(generator), answer[:cut], room(32))


def validate(generator: Generator) -> None:
    """VALIDATE of an answer with its tag, with another one, or of another length."""
    answer = _answer(generator)
    answers: tuple[BufferLike, ...] = (
        *(_tagged(answer), _tagged(answer), b"\1" * 32 + answer, b"\1" * 51, bytes(4129)),
        UserBuffer(length=100, unmapped=True),
    )
    tagged = generator.steer("tag", answers)
    client_call(generator, ClientAction.VALIDATE, _daemon(generator), tagged, None)


def signed_client_id(generator: Generator) -> None:
    """GET_SIGNED_CLIENT_ID, or SET_SIGNED_CLIENT_ID with a signature that is right or not."""
    fd = _daemon(generator)
    kind = generator.pick((SIGNED_CLIENT_ID_UUID, SIGNED_CLIENT_ID_UUID, 2)).to_bytes(4, "little")
    action = generator.steer(
        "signed id", (ClientAction.GET_SIGNED_CLIENT_ID, ClientAction.SET_SIGNED_CLIENT_ID)
    )
    if action is ClientAction.GET_SIGNED_CLIENT_ID:
        client_call(generator, action, fd, kind, room(SIGNED_CLIENT_ID.size))
        return
    executable = bytes([0xE0 + generator.number(4)]) * 16
    signer = Signer()
    signer.key = APPLICATION_KEY
    signature = signer.sign(application_id_content(executable, SIGNED_CLIENT_ID_UUID)) or b""
    signature = generator.pick((signature, signature, bytes(32)))
    content = SIGNED_CLIENT_ID.pack(executable, RESOLVER_TAG_BYTES, signature)
    client_call(generator, action, fd, kind, content)


def resolved_by_the_system(generator: Generator) -> None:
    """A policy about answers that the system signed, and traffic with such an answer or another."""
    session = KnownFd(DAEMON, generator.new_fd())
    generator.emit(syscalls.NecpSessionOpen(session.pid, 0, session.number))
    signed = policies.condition(PolicyCondition.SYSTEM_SIGNED_RESULT, b"")
    policies.add_and_apply(generator, session, signed)
    host = _HOST.encode()
    for answer in (
        host_answer(ZERO_UUID, host, _ADDRESS, is_system=True),
        host_answer(ZERO_UUID, b"www.example.org", _ADDRESS, is_system=True),
        host_answer(generator.any_client().id, host, _ADDRESS),
    ):
        policies.match_remote(
            generator,
            APP,
            client_parameters(remote=_ADDRESS, domain=_HOST, resolver_tag=_tagged(answer)),
        )
    generator.emit(syscalls.Close(session.pid, session.number))


def resolved_for_a_client(generator: Generator) -> None:
    """A client whose remote address comes with a tag, which is right for it or for another."""
    fd = generator.any_fd()
    parent = generator.uuid(2)
    host = _HOST.encode()
    answer = host_answer(generator.pick((parent, ZERO_UUID)), host, _ADDRESS)
    tags = (_tagged(answer), _tagged(answer), b"\1" * 32, b"\1" * 60)
    tlvs = client_parameters(
        remote=_ADDRESS,
        remote_endpoint=_ADDRESS,
        domain=_HOST,
        parent_id=parent,
        resolver_tag=generator.steer("tag of a client", tags),
    )
    if generator.chance(4):
        tlvs += pack_tlv(ClientParameter.RESOLVER_TAG, b"\1" * 60)
    client_id = generator.uuid()
    client_call(generator, ClientAction.ADD, fd, room(16), tlvs)
    client_call(generator, ClientAction.COPY_RESULT, fd, client_id, room(1024))
    generator.emit(notifications.CopyNexusParameters(client_id))
    client_call(generator, ClientAction.REMOVE, fd, client_id, None)


def socket_signature(generator: Generator) -> None:
    """A socket is given a signature of any length, and is asked for it."""
    name = generator.pick(("tcp0", "tcp1", "udp6", "odd", "nosuch"))
    content = as_buffer(_tagged(_answer(generator)))
    size = content.length if content is not None else 0
    too_long = MAX_SIGNABLE_BYTES + RESOLVER_TAG_BYTES + 1
    buffer, size = generator.steer(
        "signature",
        (
            *((content, size), (content, size), (None, 0)),
            *((UserBuffer(unmapped=True), 64), (room(too_long), too_long)),
        ),
    )
    generator.emit(sockets.SocketSetResolverSignature(name, buffer, size))
    asked = generator.steer("signature asked", (room(256), room(9), UserBuffer(unmapped=True)))
    length = asked.length or 64
    generator.emit(sockets.SocketGetResolverSignature(name, asked, length))


def _daemon(generator: Generator) -> KnownFd:
    """An fd of the process that has all privileges, sometimes any other."""
    of_daemon = [fd for fd in generator.fds if fd.pid == DAEMON]
    return generator.pick((*of_daemon, generator.any_fd()))


def _tagged(answer: bytes) -> bytes:
    """An answer after the tag that the kernel makes of it in releases where answers have types."""
    signer = Signer()
    signer.key = RESOLVER_KEY
    client_id, kind = SIGNABLE.unpack_from(answer)
    tag = signer.sign(signable_content(client_id, kind, answer[SIGNABLE.size :])) or b""
    return VALIDATABLE.pack(tag, client_id, kind) + answer[SIGNABLE.size :]


def _answer(generator: Generator) -> bytes:
    """An answer of a resolver or browser: with or without a type, sometimes of an unknown one."""
    client_id = generator.any_client().id
    is_system = generator.chance(3)
    name = generator.steer("host name", (b"", b"www.example.com\0", bytes(1025)))
    service = b"printer._ipp._tcp.local\0"
    old = SIGNABLE.pack(client_id, SignType.RESOLVER_ANSWER)
    old += values.address(generator).ljust(28, b"\0") + HOST_NAME_LENGTH.pack(len(name)) + name
    return generator.steer(
        "kind to sign",
        (
            old,
            old,
            host_answer(client_id, name, _ADDRESS, is_system=is_system),
            browse_result(client_id, service, is_system=is_system),
            service_answer(client_id, service, name, NOBODY, is_system=is_system),
            SIGNABLE.pack(client_id, 9) + bytes(40),
        ),
    )

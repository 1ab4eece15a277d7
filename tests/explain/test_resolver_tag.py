"""Why a resolver tag is refused, and that nothing else of the client is explained then."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.tlv import pack_tlv
from necp_replay.explain.explanation import ClientExplanation
from necp_replay.scenario.signables import host_answer
from tests.explain.explained import ExplainedSystem
from tests.kernel.client_actions.arguments import shown

OTHER, PARENT = b"\x22" * 16, b"\x11" * 16
HOST, REMOTE = b"www.example.com", "198.18.0.1:443"
UNTYPED, TYPED = "xnu-8020.140.41", "xnu-8792.41.9"


class Resolving:
    """A process that may sign, on a system whose key is known."""

    def __init__(self, release: str) -> None:
        self.world = ExplainedSystem(release)
        wifi = self.world.system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
        self.world.system.add_route("default", wifi, gateway="192.0.2.1")
        self.world.system.set_resolver_key(bytes(range(32)))
        process = self.world.system.add_process(100, "app", privileged=True)
        self.fd = process.necp_open()

    def tag(self, answer: bytes) -> bytes:
        """An answer behind the kernel's tag of it."""
        return shown(self.fd.sign_answer(answer))[1].ljust(32, b"\0") + answer

    def explain(self, *tags: bytes, domain: bytes | None = HOST + b"\0") -> ClientExplanation:
        extra = b"".join(pack_tlv(ClientParameter.RESOLVER_TAG, tag) for tag in tags)
        self.fd.add(domain=domain, remote=REMOTE, parent_id=PARENT, extra=extra)
        return self.world.explain()


def test_a_tag_that_is_right_is_not_refused() -> None:
    resolving = Resolving(TYPED)
    explanation = resolving.explain(resolving.tag(host_answer(PARENT, HOST, REMOTE)))
    assert explanation.refused == ()
    assert explanation.interfaces is not None
    assert explanation.disagreements == ()


def test_a_domain_without_an_end_is_explained_as_it_was_read() -> None:
    resolving = Resolving(TYPED)
    tag = resolving.tag(host_answer(PARENT, HOST, REMOTE))
    assert resolving.explain(tag, domain=HOST).refused == ()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (host_answer(OTHER, HOST, REMOTE), "it was signed for another client"),
        (host_answer(PARENT, b"example.com", REMOTE), "its host name is another one"),
        (host_answer(PARENT, HOST, "198.18.0.1:80"), "its port is another one"),
    ],
)
def test_a_tag_of_something_else_is_refused_for_what_differs(answer: bytes, reason: str) -> None:
    resolving = Resolving(TYPED)
    explanation = resolving.explain(resolving.tag(answer))
    assert explanation.refused == (reason,)
    assert explanation.outcome == "its resolver tag is refused, so it is not evaluated"
    assert (explanation.interfaces, explanation.match, explanation.flags) == (None, None, ())
    assert (explanation.result, explanation.disagreements) == ((), ())


def test_a_tag_that_the_kernel_did_not_sign_or_that_is_not_alone_is_refused() -> None:
    resolving = Resolving(TYPED)
    right = resolving.tag(host_answer(PARENT, HOST, REMOTE))
    forged = bytes(32) + right[32:]
    assert resolving.explain(forged).refused == ("its signature is not the kernel's",)
    assert resolving.explain(right, right).refused == ("the parameters have several",)
    assert resolving.explain(right[:40]).refused == (
        "it has 40 bytes, and the start of every tag has 52",
    )


def test_before_types_a_tag_is_of_the_domain_address_and_parent() -> None:
    resolving = Resolving(UNTYPED)
    assert resolving.explain(bytes(32)).refused == (
        "the kernel did not sign it for this domain, remote address and parent",
    )
    assert resolving.explain(bytes(32), domain=None).refused == (
        "the parameters name no domain that it could be of",
    )

"""Inputs that only later releases take."""

from necp_replay.scenario import Errno, System, room


def inputs_of_later_releases(system: System) -> None:
    """Flow divert in a process and signatures, which older releases lack; results of an agent.

    Source: xnu-8792.41.9 has the options, xnu-10002.1.13 the function.
    """
    system.add_process(100)
    agent = system.add_agent("inner", via="kernel")
    socket = system.add_socket("s1", local="192.0.2.10:1024")
    system.request_in_process_flow_divert(100)
    socket.set_resolver_signature(room(103))
    socket.get_resolver_signature()
    assert agent.hand_back(b"results").errno == 0
    agent.close()
    assert agent.hand_back(None).errno == Errno.ENOENT

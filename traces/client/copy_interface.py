"""COPY_INTERFACE: an interface's details, and which calls are refused."""

from necp_replay.abi.client import ClientAction
from necp_replay.abi.interface import IFEF_NOACKPRI, IFEF_TXSTART
from necp_replay.scenario import Errno, System, faulting, read_only, room

ACTION = ClientAction.COPY_INTERFACE
INDEX = b"\4\0\0\0"


def copy_interface(system: System) -> None:
    """Name, type, delegate, flags, MTU and signatures; all zero for an unknown index.

    Source: necp_client_copy_interface, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"], expensive=True, generation=7)
    en0.update(
        eflags=IFEF_TXSTART | IFEF_NOACKPRI,
        ipv4_signature=b"\xaa" * 20,
        ipv6_signature=b"\xbb" * 8,
    )
    system.add_interface("utun0", 8, functional_type=0, delegate=en0, mtu=1280)
    fd = system.add_process(100).necp_open()
    # The buffer has 92 bytes. Releases from xnu-7195.50.7.100.1 on need more, and answer EINVAL.
    takes_92_bytes = fd.copy_interface(4).errno == 0
    assert fd.copy_interface(8).delegate_index == (4 if takes_92_bytes else 0)
    assert fd.copy_interface(99).errno == (0 if takes_92_bytes else Errno.EINVAL)
    assert fd.copy_interface(99).name == ""
    # This would be a negative number if the index were signed.
    assert fd.copy_interface(0x80000004).name == ""
    assert fd.copy_interface(4, 200).name == "en0"


def copy_interface_refused(system: System) -> None:
    """Every error of COPY_INTERFACE, in the order in which the kernel checks for it.

    Source: necp_client_copy_interface, xnu-4570.51.1.
    """
    system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    fd = system.add_process(100).necp_open()
    assert fd.action(ACTION, None, room(92), client_id_len=4).errno == Errno.EINVAL
    assert fd.action(ACTION, INDEX, room(92), client_id_len=16).errno == Errno.EINVAL
    assert fd.action(ACTION, INDEX, None, buffer_size=92).errno == Errno.EINVAL
    assert fd.action(ACTION, INDEX, room(91)).errno == Errno.EINVAL
    # Releases that need more than 92 bytes say so before they read anything.
    answer = fd.action(ACTION, faulting(4, 2, INDEX[:2]), room(92))
    is_small = answer.errno == Errno.EINVAL
    fault = Errno.EINVAL if is_small else Errno.EFAULT
    assert answer.errno == fault
    assert fd.copy_interface(0).errno == (Errno.EINVAL if is_small else Errno.ENOENT)
    assert fd.action(ACTION, INDEX, read_only(bytes(92))).errno == fault
    assert fd.action(ACTION, INDEX, faulting(92, 60)).errno == fault

"""What a trace knows of the system that the calls were made on: the network when they began.

The system lets a process read names, flags and addresses of interfaces, and routes. It shows
neither everything that the kernel's decisions depend on, nor the policies of other processes. So
the trace marks these as not known, and evaluations are not compared. A user who knows all of it can
give a file with the inputs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from necp_replay.capture.system_network import read_interfaces, read_routes
from necp_replay.dataclass import dataclass
from necp_replay.errors import JsonLinesError, hint_for
from necp_replay.events.inputs import Step
from necp_replay.events.interfaces import IfaceAttach, IfaceOrder
from necp_replay.events.json_form import step_from_json
from necp_replay.events.json_lines import read_json_lines
from necp_replay.events.unmeasured_inputs import partial_step

_UNKNOWN_OF_INTERFACES: Final = (
    *("functional_type", "eflags", "xflags", "agents", "delegate", "ipv4_signature"),
    *("ipv6_signature", "nat64", "type", "family", "subfamily", "mtu"),
)
"""Fields of an interface that no public call shows as the kernel has them."""
NOT_ALL_KNOWN: Final = (
    "interfaces, agents and policies of the system are not all known: no evaluation is compared"
)


@dataclass(frozen=True, slots=True)
class SystemEnvironment:
    """The inputs with which a trace begins, and what they leave out."""

    steps: tuple[Step, ...]
    missing: tuple[str, ...]


def read_environment() -> SystemEnvironment:
    """What this system shows of its network."""
    steps: list[Step] = []
    missing = [NOT_ALL_KNOWN]
    interfaces, why_none = read_interfaces()
    for interface in interfaces:
        event = IfaceAttach(
            interface.index, interface.name, flags=interface.flags, addrs=interface.addresses
        )
        steps.append(partial_step(event, unmeasured=_UNKNOWN_OF_INTERFACES))
    routes, why_no_routes = read_routes()
    steps += [Step(route) for route in routes]
    missing += [why for why in (why_none, why_no_routes) if why]
    # The order in which the kernel prefers them is not known.
    steps.append(partial_step(IfaceOrder(), unmeasured=("indices",)))
    return SystemEnvironment(tuple(steps), tuple(missing))


def given_environment(path: Path) -> SystemEnvironment:
    """The inputs in a file of JSON lines. Raises JsonLinesError."""

    def refuse(why: str, line: int) -> JsonLinesError:
        return JsonLinesError(why, file=str(path), line=line)

    steps = []
    try:
        with path.open("rb") as stream:
            for number, obj in read_json_lines(stream, refuse):
                obj.pop("out", None)
                try:
                    steps.append(step_from_json(obj))
                except ValueError as error:
                    raise refuse(str(error), number) from None
    except OSError as error:
        raise JsonLinesError(
            error.strerror or str(error), file=str(path), hint=hint_for(error)
        ) from None
    return SystemEnvironment(tuple(steps), ())

"""What an agent session sends: the fields that inputs gave so far, encoded.

An input for an update names only what changes. The rest comes from what was sent before under the
session's name, so that is kept as a template.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.netagent import DESC_BYTES, DOMAIN_BYTES, NETAGENT, TYPE_BYTES
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.agents import NetagentRegister, NetagentSetFlags, NetagentUpdate


@dataclass(frozen=True, slots=True)
class AgentTemplate:
    """The fields of the last registration or update that was tried under a session's name.

    - ``raw``: bytes to send in place of everything else.
    - ``data_size``: the size to claim in place of the length of ``data``.
    - ``payload_length``, ``message_id``: what the header of a message says, in place of the real
      length and of 1.
    """

    uuid: bytes = ZERO_UUID
    domain: bytes = b""
    type: bytes = b""
    desc: bytes = b""
    flags: int = 0
    data: bytes = b""
    raw: bytes | None = None
    data_size: int | None = None
    payload_length: int | None = None
    message_id: int | None = None

    def encode(self) -> bytes:
        """``struct netagent`` with its data, as the session sends it."""
        if self.raw is not None:
            return self.raw
        data_size = len(self.data) if self.data_size is None else self.data_size
        header = NETAGENT.pack(
            self.uuid,
            self.domain[:DOMAIN_BYTES],
            self.type[:TYPE_BYTES],
            self.desc[:DESC_BYTES],
            self.flags & U32_MAX,
            data_size & U32_MAX,
        )
        return header + self.data


NOTHING_SENT = AgentTemplate()
"""The template that a registration starts from."""


def changed_template(
    sent: AgentTemplate, event: NetagentRegister | NetagentUpdate | NetagentSetFlags
) -> AgentTemplate:
    """The template after an input: fields that the input leaves None keep their value."""
    uuid = sent.uuid if event.uuid is None else event.uuid
    if isinstance(event, NetagentSetFlags):
        return replace(sent, uuid=uuid, flags=event.flags)
    return AgentTemplate(
        uuid=uuid,
        domain=sent.domain if event.domain is None else event.domain,
        type=sent.type if event.type is None else event.type,
        desc=sent.desc if event.desc is None else event.desc,
        flags=sent.flags if event.flags is None else event.flags,
        data=sent.data if event.data is None else event.data,
        raw=sent.raw if event.raw is None else event.raw,
        data_size=sent.data_size if event.data_size is None else event.data_size,
        payload_length=(
            sent.payload_length if event.payload_length is None else event.payload_length
        ),
        message_id=sent.message_id if event.message_id is None else event.message_id,
    )

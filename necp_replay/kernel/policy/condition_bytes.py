"""The bytes of a condition, a route rule or a result: type, flags where it has them, and value.

Conditions and route rules have two bytes before their value and results one; what is too short for
a field has 0 or nothing there.
"""

from __future__ import annotations


def type_of(entry: bytes) -> int:
    """The type (``necp_policy_condition_get_type_from_buffer``)."""
    return entry[0] if entry else 0


def flags_of(entry: bytes) -> int:
    """The flags (``necp_policy_condition_get_flags_from_buffer``)."""
    return entry[1] if len(entry) >= 2 else 0


def value_of(entry: bytes) -> bytes:
    """The value (``necp_policy_condition_get_value_pointer_from_buffer``)."""
    return entry[2:]


def result_parameter_of(result: bytes) -> bytes:
    """The parameter of a result (``necp_policy_result_get_parameter_pointer_from_buffer``)."""
    return result[1:]


def c_string(content: bytes) -> bytes:
    """What C code takes for the string: all before the first zero byte."""
    return content.partition(b"\0")[0]


def name_in(value: bytes) -> bytes:
    """The interface name in a value.

    Kernel quirk: the last byte is overwritten with a zero without a look at it, so a name that the
    process did not terminate loses its last character.

    Source: necp_policy_apply, necp_create_route_rule, xnu-4570.51.1.
    """
    return c_string(value[:-1])

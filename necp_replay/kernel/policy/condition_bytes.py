"""Reads the bytes of conditions, route rules and results.

A condition or route rule is a type byte, a flags byte and a value. A result is a type byte and a
parameter. A field that is missing because the bytes are too few reads as 0 or empty.
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
    """The string as C code reads it: all bytes before the first zero."""
    return content.partition(b"\0")[0]


def name_in(value: bytes) -> bytes:
    """The interface name in a value.

    Kernel quirk: the last byte is always overwritten with a zero. So a name without a zero
    at its end loses its last character. No trace shows it.

    Source: necp_policy_apply, necp_create_route_rule, xnu-4570.51.1.
    """
    return c_string(value[:-1])

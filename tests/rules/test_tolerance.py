"""Which values a tolerance accepts."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.rules.tolerance import Tolerance

TWO = Tolerance(Fraction(2))
FIVE_PERCENT = Tolerance(Fraction(5, 100), relative=True)


@pytest.mark.parametrize(
    ("tolerance", "expected", "actual", "accepted"),
    [
        pytest.param(TWO, "10", "12", True, id="at the distance"),
        pytest.param(TWO, "10", "13", False, id="beyond it"),
        pytest.param(TWO, "10", "8", True, id="below the expected value"),
        pytest.param(TWO, "-1", "1", True, id="across zero"),
        pytest.param(TWO, "1.5", "3.5", True, id="with a fraction"),
        pytest.param(FIVE_PERCENT, "200", "210", True, id="at the percentage"),
        pytest.param(FIVE_PERCENT, "200", "211", False, id="beyond the percentage"),
        pytest.param(FIVE_PERCENT, "0", "1", False, id="percentage of zero"),
        pytest.param(TWO, "18446744073709551615", "18446744073709551613", True, id="64 bits"),
        pytest.param(
            TWO, "18446744073709551615", "18446744073709551612", False, id="64 bits, beyond"
        ),
        pytest.param(TWO, "ok retval=16", "ok retval=18", True, id="inside text"),
        pytest.param(TWO, "ok retval=16", "done retval=16", False, id="other text"),
        pytest.param(TWO, "rx 1 tx 2", "rx 2 tx 4", True, id="all numbers close"),
        pytest.param(TWO, "rx 1 tx 2", "rx 2 tx 5", False, id="one number too far"),
        pytest.param(TWO, "0x10", "0x11", False, id="hexadecimal numbers are not compared"),
        pytest.param(TWO, "192.0.2.1", "192.0.2.2", False, id="addresses are not compared"),
        pytest.param(TWO, "client=#1", "client=#2", False, id="names are not compared"),
        pytest.param(TWO, None, "1", False, id="the expected side lacks the field"),
        pytest.param(TWO, "1", None, False, id="the actual side lacks the field"),
        pytest.param(
            TWO, "1" * 41, "1" * 41 + "2", False, id="more than 40 digits are not compared"
        ),
    ],
)
def test_values_are_accepted_if_only_numbers_differ_by_at_most_the_tolerance(
    tolerance: Tolerance, expected: str | None, actual: str | None, accepted: bool
) -> None:
    assert tolerance.accepts(expected, actual) is accepted


@given(st.text(st.sampled_from("a1 =.-#x,"), max_size=20))
def test_a_value_is_accepted_for_itself(text: str) -> None:
    assert TWO.accepts(text, text)


@given(st.integers(0, 2**64), st.integers(-1000, 1000), st.integers(1, 500))
def test_the_distance_is_the_same_in_both_directions(start: int, step: int, distance: int) -> None:
    tolerance = Tolerance(Fraction(distance))
    assert tolerance.accepts(f"{start} bytes", f"{start + step} bytes") == (abs(step) <= distance)

"""The example in the package's docstring does what it says."""

import doctest

from necp_replay import kernel


def test_the_example_of_the_package_prints_what_it_says() -> None:
    result = doctest.testmod(kernel)
    assert result.attempted > 0
    assert result.failed == 0

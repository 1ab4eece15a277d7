"""The examples in the docstrings of packages do what they say."""

import doctest
from types import ModuleType

import pytest

from necp_replay import kernel
from necp_replay.kernel import parameters, policy, results, routing


@pytest.mark.parametrize(
    "package", [kernel, parameters, policy, results, routing], ids=lambda package: package.__name__
)
def test_the_example_of_a_package_prints_what_it_says(package: ModuleType) -> None:
    result = doctest.testmod(package)
    assert result.attempted > 0
    assert result.failed == 0

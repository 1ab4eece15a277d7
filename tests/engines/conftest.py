"""The workplace of tests of commands, and programs that find the package."""

from tests.cli.conftest import workplace
from tests.engines.programs import programs_find_the_package

__all__ = ["programs_find_the_package", "workplace"]

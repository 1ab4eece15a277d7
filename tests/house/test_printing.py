"""Every print of the package goes through the functions that make text safe."""

from pathlib import PurePosixPath

import pytest

from tests.complaints import assert_none
from tests.house.complaints import complaints_of
from tests.house.printing import complaints_about_printing
from tests.house.source import Source


def test_everything_is_printed_by_one_function() -> None:
    assert_none(complaints_of(complaints_about_printing, "necp_replay"))


@pytest.mark.parametrize(
    "code",
    [
        "print(name)",
        "print(f'{name}', file=sys.stderr)",
        "sys.stdout.write(name)",
        "sys.stderr.writelines(names)",
        "output.write(name)",
        "terminal.line(name)",
        "terminalreporter.write_line(f'{name} failed')",
        "tqdm(names, desc=name())",
        "tqdm(names, desc=f'{name}')",
        "bar.set_description(name)",
        "bar.set_postfix_str(f'{name}')",
        "warnings.warn(name)",
        "raise pytest.UsageError(name)",
        "input(name)",
    ],
)
def test_a_print_that_goes_another_way_is_found(code: str) -> None:
    assert len(list(complaints_about_printing(_source("cli/a.py", code)))) == 1


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("cli/a.py", "say(name)"),
        ("cli/a.py", "say(name, stream=sys.stderr)"),
        ("cli/say.py", "sys.stdout.write(name)"),
        ("cli/a.py", "input(visible(name))"),
        ("pytest_plugin/a.py", "terminal.line(safe_lines(name))"),
        ("pytest_plugin/a.py", "raise pytest.UsageError(safe_lines(name))"),
        ("pytest_plugin/a.py", "terminalreporter.section('necp-replay')"),
        ("replay/a.py", "bar.set_postfix_str(f'{count:,} records')"),
        ("replay/a.py", "tqdm(names, unit='trace')"),
        ("trace/a.py", "writer.write(record)"),
    ],
)
def test_what_is_safe_is_let_through(path: str, code: str) -> None:
    assert list(complaints_about_printing(_source(path, code))) == []


def _source(path: str, code: str) -> Source:
    return Source(PurePosixPath("necp_replay") / path, code)

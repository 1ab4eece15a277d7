"""Every file is written through the package that writes atomically."""

from pathlib import PurePosixPath

import pytest

from tests.complaints import assert_none
from tests.house.complaints import complaints_of
from tests.house.source import Source
from tests.house.writing import complaints_about_writing


def test_every_file_is_written_through_one_package() -> None:
    assert_none(complaints_of(complaints_about_writing, "necp_replay"))


@pytest.mark.parametrize(
    "code",
    [
        "open('a', 'w')",
        "open('a', mode='ab')",
        "path.open('xb')",
        "path.open('r+b', buffering=0)",
        "path.write_text('x')",
        "path.rename('b')",
        "os.replace('a', 'b')",
        "os.open('a', os.O_WRONLY)",
        "tempfile.NamedTemporaryFile()",
    ],
)
def test_a_file_written_otherwise_is_found(code: str) -> None:
    assert len(list(complaints_about_writing(_source("cli/a.py", code)))) == 1


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("cli/a.py", "open('a')"),
        ("cli/a.py", "path.open('rb')"),
        ("cli/a.py", "tarfile.open(fileobj=raw, mode='r|')"),
        ("cli/a.py", "text.replace('a', 'b')"),
        ("cli/a.py", "os.open(os.devnull, os.O_WRONLY)"),
        ("files/a.py", "os.open('a', os.O_WRONLY)"),
    ],
)
def test_reading_and_the_package_itself_are_let_through(path: str, code: str) -> None:
    assert list(complaints_about_writing(_source(path, code))) == []


def _source(path: str, code: str) -> Source:
    return Source(PurePosixPath("necp_replay") / path, code)

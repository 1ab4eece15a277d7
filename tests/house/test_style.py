"""Every file can be taken in, says what it is for, and speaks of the project alone."""

from pathlib import PurePosixPath

import pytest

from tests.complaints import assert_none
from tests.house import style
from tests.house.complaints import Rule, complaints_of
from tests.house.source import Source, python_files, text_files

ALL_CODE = ("necp_replay", "schemas", "tests")
# This file and the rules themselves have to say what must not be said.
THESE = {"tests/house/style.py", "tests/house/test_style.py"}


@pytest.mark.parametrize(
    "rule",
    [
        style.complaints_about_size,
        style.complaints_about_opening,
        style.complaints_about_name,
        style.complaints_about_loose_ends,
    ],
)
def test_every_file_keeps_the_rule(rule: Rule) -> None:
    assert_none(complaints_of(rule, *ALL_CODE))


def test_every_package_says_what_a_newcomer_looks_for() -> None:
    packages = [
        source
        for source in python_files("necp_replay")
        # Generated code.
        if source.path.parent.name != "pb"
    ]
    assert_none(
        complaint for each in packages for complaint in style.complaints_about_packages(each)
    )


def test_a_package_without_an_example_is_found() -> None:
    path = PurePosixPath("necp_replay/a/__init__.py")
    good = '"""A.\n\nImports nothing. Start with `b`.\n\n    b.c()\n"""\n'
    assert list(style.complaints_about_packages(Source(path, good))) == []
    found = list(style.complaints_about_packages(Source(path, good.replace("    b.c()", ""))))
    assert found == ["necp_replay/a/__init__.py: the docstring of the package lacks an example"]


def test_a_class_name_means_one_class() -> None:
    assert_none(style.complaints_about_class_names(python_files("necp_replay")))


def test_two_classes_of_one_name_are_found() -> None:
    one, other = (
        Source(PurePosixPath(f"necp_replay/{name}.py"), "class Place: ...\n") for name in "ab"
    )
    found = list(style.complaints_about_class_names([one, other]))
    assert found == ["necp_replay/b.py:1: Place is also a class at necp_replay/a.py:1"]


def test_pages_name_files_that_exist() -> None:
    files = [str(source) for source in python_files("necp_replay", "tests")]
    # Decisions and the changelog say what was so at their time.
    pages = [
        (path, text)
        for path, text in text_files()
        if path.endswith(".md") and not path.startswith(("docs/decisions/", "CHANGELOG"))
    ]
    complaints = [
        complaint
        for path, text in pages
        for complaint in style.complaints_about_paths(path, text, files)
    ]
    assert_none(complaints)


def test_a_file_that_does_not_exist_is_found() -> None:
    text = "See `kernel/a.py`, `necp_replay/kernel/a.py`, `kernel/b.py` and `kernel/NAME.py`."
    found = list(style.complaints_about_paths("docs/page.md", text, ["necp_replay/kernel/a.py"]))
    assert found == ["docs/page.md:1: there is no kernel/b.py"]


def test_the_engine_names_no_release() -> None:
    assert_none(complaints_of(style.complaints_about_releases, "necp_replay/kernel"))


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    assert_none(complaints_of(style.complaints_about_skipping, "tests"))


def test_the_project_speaks_of_itself_alone() -> None:
    complaints = [
        complaint
        for path, text in text_files()
        if path not in THESE
        for complaint in style.complaints_about_speech(path, text)
    ]
    assert_none(complaints)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (style.complaints_about_size, "\n" * 501),
        (style.complaints_about_size, "#" * 101),
        (style.complaints_about_size, "def f():\n" + "    pass\n" * 70),
        (style.complaints_about_opening, "import struct\n"),
        (style.complaints_about_opening, '"""A title"""\n'),
        (style.complaints_about_releases, "release = 'xnu-4570.41.2'"),
        (style.complaints_about_releases, "if profile.is_xnu_4570: ..."),
        (style.complaints_about_loose_ends, "x = 1  # TODO: two"),
        (style.complaints_about_loose_ends, "x = 1  # type: ignore"),
        (style.complaints_about_loose_ends, "x = 1  # type: ignore[misc]"),
        (style.complaints_about_loose_ends, "import x  # noqa: F401"),
        (style.complaints_about_loose_ends, "raise NotImplementedError"),
        (style.complaints_about_loose_ends, "try: ...\nexcept: ..."),
        (style.complaints_about_loose_ends, "try: ...\nexcept Exception: ..."),
        (style.complaints_about_skipping, "pytest.skip('later')"),
        (style.complaints_about_skipping, "@pytest.mark.xfail\ndef test(): ..."),
    ],
)
def test_a_breach_of_style_is_found(rule: Rule, code: str) -> None:
    assert len(list(rule(Source(PurePosixPath("necp_replay/kernel/a.py"), code)))) == 1


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (style.complaints_about_size, "def f():\n" + "    pass\n" * 69),
        (style.complaints_about_opening, '"""Says what it is for."""\n'),
        (style.complaints_about_releases, '"""Source: necp_client_add, xnu-4570.51.1."""'),
        (style.complaints_about_releases, "x = 1\n'''In xnu-4570.41.2 it was 2.'''\n"),
        (style.complaints_about_loose_ends, "x()  # type: ignore[misc]  # lz4 has no types"),
        (style.complaints_about_loose_ends, "import x  # noqa: F401 - registers itself"),
        (style.complaints_about_loose_ends, "try: ...\nexcept Exception:  # it is theirs\n    ..."),
        (style.complaints_about_skipping, "pytest.raises(ValueError)"),
    ],
)
def test_good_style_is_let_through(rule: Rule, code: str) -> None:
    assert list(rule(Source(PurePosixPath("necp_replay/kernel/a.py"), code))) == []


@pytest.mark.parametrize("path", ["necp_replay/utils.py", "necp_replay/helpers/flow.py"])
def test_a_name_that_says_nothing_is_found(path: str) -> None:
    assert len(list(style.complaints_about_name(Source(PurePosixPath(path), "")))) == 1


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("see /work/x", 1),
        ("see /home/someone/x", 1),
        ("written by Claude", 1),
        ("a network agent session", 0),
        ("../shared/work/x", 0),
    ],
)
def test_talk_of_anything_else_is_found(text: str, complaints: int) -> None:
    assert len(list(style.complaints_about_speech("a.md", text))) == complaints

"""A schema may grow; what old traces rely on may not change."""

from pathlib import Path

import pytest

from schemas import check_compatibility

BEFORE = """syntax = "proto3";
package necp_replay.example;
enum Colour { COLOUR_NONE = 0; COLOUR_RED = 1; }
message Shape {
  uint32 sides = 1;
  Colour colour = 2;
  oneof place { string room = 3; bytes map = 4; }
  message Corner { int64 angle = 1; }
  repeated Corner corners = 5;
}
"""


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    (tmp_path / "shape.proto").write_text(BEFORE, encoding="utf-8")
    assert check_compatibility.main([f"--schemas={tmp_path}", "--update"]) == 0
    return tmp_path


def test_schemas_that_did_not_change_are_compatible(schemas: Path) -> None:
    assert _check(schemas) == 0


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("uint32 sides = 1", "uint64 sides = 1", "Shape: field 1 (sides): type was uint32"),
        ("uint32 sides = 1", "repeated uint32 sides = 1", "label was singular, is repeated"),
        ("uint32 sides = 1", "optional uint32 sides = 1", "label was singular, is optional"),
        ("uint32 sides = 1", "uint32 edges = 1", "name was sides, is edges"),
        ("uint32 sides = 1", "uint32 sides = 9", "field 1 (sides): gone"),
        ("uint32 sides = 1;", "reserved 1; uint32 sides = 9;", "this name belongs to 1"),
        ("uint32 sides = 1;", "", "its number is not reserved"),
        ("Colour colour = 2", "Corner colour = 2", "type was necp_replay.example.Colour"),
        ("string room = 3; bytes", "bytes", "Shape: field 3 (room): gone"),
        ("oneof place { string room = 3;", "string room = 3; oneof place {", "oneof was place"),
        ("int64 angle = 1", "sint64 angle = 1", "Shape.Corner: field 1 (angle): type was int64"),
        ("COLOUR_RED = 1", "COLOUR_BLUE = 1", "Colour: value 1 (COLOUR_RED): name was COLOUR_RED"),
        ("COLOUR_RED = 1;", "", "Colour: value 1 (COLOUR_RED): gone"),
        ("message Shape", "message Figure", "message necp_replay.example.Shape: gone"),
        ("package necp_replay.example", "package elsewhere", "enum necp_replay.example.Colour"),
    ],
)
def test_a_change_that_is_incompatible_with_old_traces_is_refused(
    schemas: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, complaint: str
) -> None:
    _change(schemas, old, new)
    assert _check(schemas) == 1
    assert complaint in capsys.readouterr().err


def test_what_is_refused_cannot_be_recorded(schemas: Path) -> None:
    baseline = (schemas / "baseline.json").read_text(encoding="utf-8")
    _change(schemas, "uint32 sides = 1", "uint64 sides = 1")
    assert _check(schemas, "--update") == 1
    assert (schemas / "baseline.json").read_text(encoding="utf-8") == baseline


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("uint32 sides = 1;", "uint32 sides = 1; bool filled = 6;", "Shape: field 6"),
        ("COLOUR_RED = 1;", "COLOUR_RED = 1; COLOUR_BLUE = 2;", "Colour: value 2"),
        ("message Shape", "message Line {}\nmessage Shape", "message necp_replay.example.Line"),
    ],
)
def test_an_addition_is_accepted_once_recorded(
    schemas: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, complaint: str
) -> None:
    _change(schemas, old, new)
    assert _check(schemas) == 1
    assert f"{complaint}: not in baseline.json yet" in capsys.readouterr().err
    assert _check(schemas, "--update") == 0
    assert _check(schemas) == 0


@pytest.mark.parametrize(
    ("old", "gone", "back"),
    [
        ("uint32 sides = 1;", "reserved 1;", "bool filled = 1;"),
        ("COLOUR_RED = 1;", "reserved 1;", "COLOUR_BLUE = 1;"),
    ],
)
def test_a_number_given_up_is_never_used_again(
    schemas: Path, old: str, gone: str, back: str
) -> None:
    _change(schemas, old, gone)
    assert _check(schemas, "--update") == 0
    _change(schemas, gone, back)
    assert _check(schemas, "--update") == 1


@pytest.mark.parametrize("text", [None, "message {"])
def test_schemas_that_do_not_compile_are_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "broken.proto").write_text(text, encoding="utf-8")
    assert _check(tmp_path) == 2


def _check(schemas: Path, *options: str) -> int:
    return check_compatibility.main([*options, f"--schemas={schemas}"])


def _change(schemas: Path, old: str, new: str) -> None:
    text = (schemas / "shape.proto").read_text(encoding="utf-8")
    assert old in text
    (schemas / "shape.proto").write_text(text.replace(old, new, 1), encoding="utf-8")

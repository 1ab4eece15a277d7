"""Generated code is written whole, and staleness is noticed."""

from pathlib import Path

import pytest

from schemas import generate

SHAPE = """syntax = "proto3";
package necp_replay.example;
message Shape { uint32 sides = 1; }
"""
DRAWING = """syntax = "proto3";
package necp_replay.example;
import "shape.proto";
import "google/protobuf/duration.proto";
message Drawing { repeated Shape shapes = 1; google.protobuf.Duration took = 2; }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/shape.proto").write_text(SHAPE, encoding="utf-8")
    (tmp_path / "schemas/drawing.proto").write_text(DRAWING, encoding="utf-8")
    return tmp_path


def test_what_was_just_written_is_not_stale(folder: Path) -> None:
    assert _run(folder) == 0
    assert _run(folder, "--check") == 0


def test_each_schema_gives_code_and_types(folder: Path) -> None:
    _run(folder)
    assert sorted(path.name for path in (folder / "pb").iterdir()) == [
        "__init__.py",
        "drawing_pb2.py",
        "drawing_pb2.pyi",
        "shape_pb2.py",
        "shape_pb2.pyi",
    ]


@pytest.mark.parametrize("name", ["drawing_pb2.py", "drawing_pb2.pyi"])
def test_neighbours_are_imported_from_the_package(folder: Path, name: str) -> None:
    _run(folder)
    text = (folder / "pb" / name).read_text(encoding="utf-8")
    assert "from necp_replay.trace.pb import shape_pb2" in text
    assert "from google.protobuf import duration_pb2" in text


@pytest.mark.parametrize("missing", ["schemas/shape.proto", "pb/shape_pb2.pyi", "pb/__init__.py"])
def test_code_without_its_schema_or_the_reverse_is_stale(folder: Path, missing: str) -> None:
    (folder / "schemas/drawing.proto").unlink()
    (folder / "schemas/other.proto").write_text(SHAPE.replace("Shape", "Other"), encoding="utf-8")
    _run(folder)
    (folder / missing).unlink()
    assert _run(folder, "--check") == 1


def test_a_changed_schema_makes_its_code_stale(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(folder)
    changed = SHAPE.replace("sides = 1;", "sides = 1; uint32 colour = 2;")
    (folder / "schemas/shape.proto").write_text(changed, encoding="utf-8")
    assert _run(folder, "--check") == 1
    assert f"{folder / 'pb/shape_pb2.py'}: not what the schemas say" in capsys.readouterr().err


def test_code_of_a_schema_that_is_gone_is_removed(folder: Path) -> None:
    _run(folder)
    (folder / "schemas/drawing.proto").unlink()
    assert _run(folder) == 0
    assert not list((folder / "pb").glob("drawing_*"))


@pytest.mark.parametrize("text", [None, "message {"])
def test_schemas_that_do_not_compile_are_refused(folder: Path, text: str | None) -> None:
    for path in (folder / "schemas").iterdir():
        path.unlink()
    if text is not None:
        (folder / "schemas/broken.proto").write_text(text, encoding="utf-8")
    assert _run(folder, "--check") == 2


def _run(folder: Path, *options: str) -> int:
    where = [f"--schemas={folder / 'schemas'}", f"--output={folder / 'pb'}"]
    return generate.main([*options, *where])

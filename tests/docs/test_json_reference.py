"""docs/json.md and schemas/json/ say what commands print as JSON."""

from __future__ import annotations

import tomllib

from necp_replay.report.json_schemas import JSON_OUTPUTS
from tests.docs.json_reference import FILES, PAGE, ROOT, files, page


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make schemas`"


def test_the_files_are_current() -> None:
    found = {path.name: path.read_text("utf-8") for path in FILES.iterdir()}
    assert found == files(), "run `make schemas`"


def test_every_output_is_on_the_page() -> None:
    headings = {line[3:] for line in page().splitlines() if line.startswith("## ")}
    assert JSON_OUTPUTS.keys() <= headings


def test_the_files_are_in_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    data = project["tool"]["setuptools"]["data-files"]
    assert data["share/necp-replay/schemas/json"] == ["schemas/json/*.schema.json"]

"""Writes the tables of docs/export.md anew, from their declarations.

python -m tests.docs.export_page
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from necp_replay.export.tables import REPORT_TABLES, TRACE_TABLES, Table
from tests.docs.markdown import ROOT

PAGE: Final = ROOT / "docs" / "export.md"
_PARTS: Final = {"TRACE": TRACE_TABLES, "REPORT": REPORT_TABLES}


def page(text: str) -> str:
    """The page with its tables made anew."""
    for name, tables in _PARTS.items():
        before, mark, rest = text.partition(f"<!-- {name} TABLES -->\n")
        _, end, after = rest.partition("<!-- end -->")
        text = f"{before}{mark}" + "\n".join(_lines(tables)) + f"\n{end}{after}"
    return text


def _lines(tables: Sequence[Table]) -> Iterator[str]:
    for table in tables:
        yield f"**`{table.name}`**: {table.meaning}."
        yield ""
        yield "| column | type | what it is |"
        yield "|---|---|---|"
        for column in table.columns:
            yield f"| `{column.name}` | {column.type} | {column.meaning} |"
        yield ""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()

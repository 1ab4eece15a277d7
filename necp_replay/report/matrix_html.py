"""Traces by releases as an HTML page without scripts.

Names of traces come from strangers. Each is made visible and escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from necp_replay.outcomes.safe_text import visible
from necp_replay.releases.published import PUBLISHED
from necp_replay.report.matrix_text import MatrixRow
from necp_replay.report.plain_page import plain_page

_COLOURS: Final = 8
"""Classes of colours for letters; more letters begin again with the first."""

_STYLE: Final = """
:root { color-scheme: light dark; font: 14px/1.4 system-ui, sans-serif; }
body { margin: 1.5rem; }
table { border-collapse: collapse; }
th { font-weight: 600; text-align: left; }
thead th { vertical-align: bottom; position: sticky; top: 0; background: Canvas; z-index: 1; }
/* Names stay where they are while the releases are scrolled, on a phone too. */
th:first-child { position: sticky; left: 0; background: Canvas; min-width: min(22rem, 45vw); }
thead th:first-child { z-index: 2; }
thead th span { writing-mode: vertical-rl; transform: rotate(180deg); }
th, td { padding: .15rem .4rem; border: 1px solid color-mix(in srgb, CanvasText 20%, Canvas); }
td { text-align: center; font-family: ui-monospace, monospace; }
tbody th { font-family: ui-monospace, monospace; font-weight: 400; overflow-wrap: anywhere; }
""" + "".join(
    f".c{number} {{ background: hsl({number * 360 // _COLOURS} 70% 50% / .25); }}\n"
    for number in range(_COLOURS)
)


def matrix_html(releases: Sequence[str], rows: Sequence[MatrixRow]) -> str:
    """The whole page. The same rows always give the same text."""
    head = "".join(f'<th scope="col"><span>{escape(_label(tag))}</span></th>' for tag in releases)
    body = "\n".join(_row(row) for row in rows)
    text = f"""<h1>Traces by releases</h1>
<p>In each row, releases with the same letter behave alike. &ndash; marks a release that does not
model all of the trace.</p>
<table>
<thead><tr><th scope="col">trace</th>{head}</tr></thead>
<tbody>
{body}
</tbody>
</table>"""
    return plain_page("necp-replay matrix", _STYLE, text)


def _label(tag: str) -> str:
    known = PUBLISHED.get(tag)
    return tag if known is None else f"{tag} · macOS {known.macos}"


def _row(row: MatrixRow) -> str:
    name = escape(visible(str(row.path)))
    return f'<tr><th scope="row">{name}</th>{"".join(_cells(row.behaviours.letters))}</tr>'


def _cells(letters: Sequence[str | None]) -> Iterator[str]:
    numbers: dict[str, int] = {}
    for letter in letters:
        if letter is None:
            yield "<td>&ndash;</td>"
        else:
            number = numbers.setdefault(letter, len(numbers)) % _COLOURS
            yield f'<td class="c{number}">{letter}</td>'

"""The release notes of behaviour as an HTML page without scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from necp_replay.changelog.entries import ChangelogEntry, ChangelogStep
from necp_replay.outcomes.safe_text import safe_lines
from necp_replay.report.changelog_markdown import entry_sentences, example_lines, release_heading
from necp_replay.report.plain_page import plain_page

_STYLE: Final = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 1.5rem auto; max-width: 60rem; padding: 0 1rem; overflow-wrap: anywhere; }
h2 { border-bottom: 1px solid color-mix(in srgb, CanvasText 30%, Canvas); margin-top: 2.5rem; }
pre { overflow-x: auto; padding: .6rem; border-radius: .3rem; font-size: 13px;
  background: color-mix(in srgb, CanvasText 6%, Canvas); }
code, pre { font-family: ui-monospace, monospace; }
"""


def changelog_html(steps: Sequence[ChangelogStep]) -> str:
    """The whole page. The same steps always give the same text."""
    body = "\n".join(part for step in steps for part in _step_parts(step))
    heading = f"<h1>What changed from {_text(steps[0].old)} to {_text(steps[-1].new)}</h1>"
    return plain_page("necp-replay changelog", _STYLE, f"{heading}\n{body}")


def _step_parts(step: ChangelogStep) -> Iterator[str]:
    yield f"<h2>{_text(release_heading(step.new))}</h2>"
    seen = [entry for entry in step.entries if entry.is_seen]
    if not seen:
        yield "<p>No changes that programs can see.</p>"
    for entry in seen:
        yield from _entry_parts(step, entry)


def _entry_parts(step: ChangelogStep, entry: ChangelogEntry) -> Iterator[str]:
    declared = entry.declaration
    yield f"<h3>{_text(declared.title)}</h3>"
    facts = [*map(_text, entry_sentences(step, entry))]
    where = f" ({_text(declared.function)})" if declared.function else ""
    facts.append(f"Fact: <code>{_text(entry.fact.name)}</code>{where}")
    if entry.vulnerability:
        facts.append(f"Fixes a security fault: <code>{_text(entry.vulnerability)}</code>")
    yield f"<ul>{''.join(f'<li>{each}</li>' for each in facts)}</ul>"
    if entry.example is not None:
        yield f"<pre>{_text(chr(10).join(example_lines(step, entry.example)))}</pre>"


def _text(text: str) -> str:
    return escape(safe_lines(text))

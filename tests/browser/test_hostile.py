"""Hostile texts from traces are shown as text and do nothing else."""

import pytest

from necp_replay.report.html.explained import ExplainedSides
from tests.browser.conftest import Open
from tests.browser.opened import Opened
from tests.browser.reports import HOSTILE, every_kind, hostile

STRUCTURE = """
  [...new Set([...document.querySelectorAll('*')].flatMap(each =>
    [each.localName, ...[...each.attributes].map(a => `${each.localName} ${a.name}`)]))]
"""
TEXT_NODES = """
  (() => { const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walk.nextNode()) {
      if (walk.currentNode.parentElement.localName !== 'script') found.push(walk.currentNode.data);
    }
    return found; })()
"""


def look_at_everything(opened: Opened, entries: int) -> Opened:
    """Visit every difference with all sections open, every filter, and the printed page."""
    opened.press("/", "Enter", "b")
    opened.page.locator("#section-raw summary").click()
    opened.settle()
    for _ in range(entries):
        opened.press("j")
        for passed in opened.page.locator(".passed:not([open]) summary").all():
            passed.click()
    for _ in range(opened.count(".filters .link")):
        opened.page.locator(".filters .link:has-text('All')").first.click()
    opened.page.locator(".filters input").last.check()
    opened.script("window.dispatchEvent(new Event('beforeprint'))")
    return opened


@pytest.fixture
def visited(open_report: Open) -> Opened:
    """The hostile report, after all of it was shown."""
    run = hostile()
    examples = [each for trace in run.traces for each in trace.examples]
    explained = {
        id(each): ExplainedSides(text, text, (text,), (text, f"│  {text}"))
        for each, text in zip(
            examples, (wild.replace("\ud800", "?") for wild in HOSTILE), strict=True
        )
    }
    return look_at_everything(open_report(run, explained=explained), 3 * len(HOSTILE))


def test_no_script_from_a_trace_runs(visited: Opened) -> None:
    assert visited.script("document.title") == "necp-replay report"
    assert visited.count("script") == 2
    assert visited.count("iframe, object, embed, img, link, base, form") == 0


def test_no_attribute_is_a_listener_or_an_external_link(visited: Opened) -> None:
    bad = visited.script(
        "[...document.querySelectorAll('*')].flatMap(each => [...each.attributes])"
        ".filter(a => /^on|^src|^style|^action/.test(a.name)"
        " && !a.ownerElement.closest('.row, .rows, .lane-label')"
        " || a.name === 'href' && !a.value.startsWith('#')).map(a => a.name + a.value)"
    )
    assert bad == []


def test_hostile_texts_add_no_elements_or_attributes(visited: Opened, open_report: Open) -> None:
    run = every_kind()
    first, second, _ = run.traces[0].examples
    explained = {
        id(first): ExplainedSides("a", "b", ("│  a",), ("│  b", "c")),
        id(second): ExplainedSides("a", "b", ("a",), ("a",)),
    }
    peaceful = look_at_everything(open_report(run, explained=explained), 7)
    extra = set(visited.script(STRUCTURE)) - set(peaceful.script(STRUCTURE))
    assert extra <= {"details open"}


def test_invisible_and_bidirectional_characters_are_made_visible(visited: Opened) -> None:
    texts = visited.script(TEXT_NODES)
    hidden = "\u202e\u202c\u2066\u2069\u200b\ufeff\u00ad\u2028\u2029\x00\x1b\x07\x7f\x9b"
    assert [text for text in texts if set(text) & set(hidden)] == []
    assert any("\\u202egnp.exe\\u202c" in text for text in texts)
    assert any("\\x1b[31mred\\x07" in text for text in texts)


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.isprintable()])
def test_text_is_shown_unchanged(open_report: Open, text: str) -> None:
    opened = open_report(hostile())
    opened.search(f'kind:proc_add trace:"{text}"' if '"' not in text else "trace:onerror=")
    assert f"proc_add name={text}" in opened.script(
        "[...document.querySelectorAll('#detail h2')].map(each => each.textContent)"
    )


def test_the_policy_blocks_markup_and_connections(open_report: Open) -> None:
    opened = open_report(every_kind())
    refused = opened.script(
        "(() => { try { document.body.innerHTML = '<b>x</b>'; } catch (e) { return e.name; } })()"
    )
    assert refused == "TypeError"
    assert opened.script("fetch('https://example.invalid/').catch(e => e.name)") == "TypeError"
    opened.script(
        "(() => { const s = document.createElement('script'); s.setAttribute('nonce', 'x');"
        " try { s.textContent = 'document.title = 1'; document.body.append(s); } catch {} })()"
    )
    assert opened.script("document.title") == "necp-replay report"
    assert len(opened.messages) >= 2
    opened.messages.clear()

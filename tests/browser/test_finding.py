"""Narrowing the list down, the keys, and what those hear who cannot see the page."""

import pytest

from tests.browser.conftest import Open
from tests.browser.reports import every_kind, many


def test_search_needs_every_word_somewhere_in_a_finding(open_report: Open) -> None:
    opened = open_report(every_kind())
    opened.search("remove index")
    assert opened.text("#matches") == "1 of 7 findings"
    assert "COPY_RESULT" in opened.text(".row")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("trace:flows", 1),
        ("kind:REMOVE", 1),
        ("layer:statistics", 1),
        ("verdict:golden", 1),
        ("group:nothing", 0),
        ('"could not run"', 1),
        ("ENOENT", 1),
        ("record 6", 1),
        ("unknown:word", 0),
    ],
)
def test_search_looks_where_it_is_told(open_report: Open, query: str, found: int) -> None:
    opened = open_report(every_kind())
    opened.search(query)
    assert opened.text("#matches") == f"{found} of 7 findings"


def test_filters_narrow_the_list_and_count_what_others_leave(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#findings")
    opened.page.get_by_label("flow sets").check()
    assert opened.text("#matches") == "1 of 7 findings"
    assert opened.texts("fieldset:has-text('Trace') .value") == ["two"]
    opened.page.get_by_label("flow sets").uncheck()
    assert opened.text("#matches") == "7 findings"


def test_causes_only_leaves_out_what_follows(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#findings")
    opened.page.get_by_label("Causes only").check()
    assert opened.text("#matches") == "5 of 7 findings"


def test_a_cause_leads_to_all_its_findings_those_that_follow_as_well(open_report: Open) -> None:
    opened = open_report(every_kind())
    opened.page.locator(".cause-name").first.click()
    assert opened.text("#matches") == "3 of 7 findings"


def test_keys_go_from_finding_to_finding(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#findings")
    places = [opened.text(".where")]
    for key in ("j", "j", "k"):
        opened.press(key)
        places.append(opened.text(".where"))
    assert places == ["record 5", "record 6", "at the end", "record 6"]


def test_keys_go_from_trace_to_trace(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#findings")
    opened.press("]")
    assert opened.text(".path") == "traces/flows/two.necptrace on xnu-4570.51.1"
    opened.press("[")
    assert opened.text(".where") == "record 5"


def test_g_goes_through_causes_and_enter_lists_one(open_report: Open) -> None:
    opened = open_report(every_kind())
    opened.press("g", "j", "Enter")
    assert opened.text("#matches") == "1 of 7 findings"
    assert opened.text(".path").startswith("traces/flows/two.necptrace")


def test_enter_reads_a_finding_and_escape_goes_back_then_clears(open_report: Open) -> None:
    opened = open_report(every_kind())
    opened.search("remove")
    opened.press("j", "Enter")
    assert opened.script("document.activeElement.id") == "detail"
    opened.press("Escape")
    assert opened.script("document.activeElement.id") == "list"
    opened.press("Escape")
    assert opened.text("#matches") == "7 findings"


def test_keys_typed_into_the_search_field_are_text(open_report: Open) -> None:
    opened = open_report(every_kind())
    opened.press("/")
    opened.page.keyboard.type("gjk?")
    opened.settle()
    assert opened.script("document.getElementById('search').value") == "gjk?"
    assert not opened.page.locator("#help").is_visible()


def test_the_keys_are_listed_and_the_list_closes(open_report: Open) -> None:
    opened = open_report(every_kind())
    opened.press("?")
    assert opened.page.locator("#help").is_visible()
    assert "next and previous finding" in opened.text("#help")
    opened.press("Escape")
    assert not opened.page.locator("#help").is_visible()


def test_a_click_copies_the_command_for_the_record(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#findings")
    command = "necp-replay show traces/client/remove.necptrace --select 5 --hex"
    assert opened.text(".command .code") == command
    opened.page.locator(".command .copy").click()
    assert opened.text("#said") == "Copied"


def test_the_list_is_a_listbox_that_names_its_selected_option(open_report: Open) -> None:
    opened = open_report(many(1000, 10), fragment="#findings")
    opened.press("j", "j")
    box = opened.page.get_by_role("listbox", name="Findings")
    selected = opened.page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    assert selected.get_attribute("aria-selected") == "true"
    assert selected.get_attribute("aria-posinset") == "3"
    assert selected.get_attribute("aria-setsize") == "1000"


def test_everything_that_can_be_pressed_has_a_name(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#findings")
    nameless = opened.script(
        "[...document.querySelectorAll('button, a, input, [role=group], section, aside, nav')]"
        ".filter(each => !each.ariaLabel && !each.textContent.trim() && !each.labels?.length)"
        ".map(each => each.outerHTML)"
    )
    assert nameless == []


def test_the_focus_can_be_seen_wherever_tab_leads(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#findings")
    visible = (
        "(() => { const at = getComputedStyle(document.activeElement);"
        " const row = document.querySelector('.row[aria-selected=true]');"
        " const marked = document.activeElement.id === 'list' && getComputedStyle(row);"
        " return [at.outlineStyle, at.boxShadow, marked ? marked.outlineStyle : 'none']; })()"
    )
    seen = set()
    for _ in range(60):
        opened.press("Tab")
        where = opened.script("document.activeElement.outerHTML.slice(0, 60)")
        seen.add(where)
        if where.startswith("<body"):
            break
        assert opened.script(visible) != ["none", "none", "none"], where
    assert len(seen) > 20


def test_on_a_screen_of_middle_width_filters_open_on_demand(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#findings", size=(1000, 800))
    assert not opened.page.locator("#filters").is_visible()
    opened.page.get_by_role("button", name="Filters").click()
    opened.page.get_by_label("flow sets").check()
    assert opened.text("#matches") == "1 of 7 findings"
    opened.press("Escape")
    assert not opened.page.locator("#filters").is_visible()

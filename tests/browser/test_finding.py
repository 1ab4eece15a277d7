"""Searching, filtering, keys, and accessibility of the list of differences."""

import pytest

from tests.browser.conftest import Open
from tests.browser.reports import every_kind, many


def test_search_finds_differences_with_every_word(open_report: Open) -> None:
    opened = open_report(every_kind())
    opened.search("remove index")
    assert opened.text("#matches") == "1 of 7 entries"
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
def test_search_can_be_limited_to_a_facet(open_report: Open, query: str, found: int) -> None:
    opened = open_report(every_kind())
    opened.search(query)
    assert opened.text("#matches") == f"{found} of 7 entries"


def test_filters_narrow_the_list_and_show_counts(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#differences")
    opened.page.get_by_label("flow sets").check()
    assert opened.text("#matches") == "1 of 7 entries"
    assert opened.texts("fieldset:has-text('Trace') .value") == ["two"]
    opened.page.get_by_label("flow sets").uncheck()
    assert opened.text("#matches") == "7 entries"


def test_causes_only_hides_followers(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#differences")
    opened.page.get_by_label("Causes only").check()
    assert opened.text("#matches") == "5 of 7 entries"


def test_a_finding_lists_its_differences_and_followers(open_report: Open) -> None:
    opened = open_report(every_kind())
    opened.page.locator(".finding-name").first.click()
    assert opened.text("#matches") == "3 of 7 entries"


def test_keys_move_between_differences(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#differences")
    places = [opened.text(".where")]
    for key in ("j", "j", "k"):
        opened.press(key)
        places.append(opened.text(".where"))
    assert places == ["record 5", "record 6", "at the end", "record 6"]


def test_keys_move_between_traces(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#differences")
    opened.press("]")
    assert opened.text(".path") == "traces/flows/two.necptrace on xnu-4570.51.1"
    opened.press("[")
    assert opened.text(".where") == "record 5"


def test_g_moves_through_findings_and_enter_lists_one(open_report: Open) -> None:
    opened = open_report(every_kind())
    opened.press("g", "j", "Enter")
    assert opened.text("#matches") == "1 of 7 entries"
    assert opened.text(".path").startswith("traces/flows/two.necptrace")


def test_enter_opens_a_difference_and_escape_goes_back_then_clears(open_report: Open) -> None:
    opened = open_report(every_kind())
    opened.search("remove")
    opened.press("j", "Enter")
    assert opened.script("document.activeElement.id") == "detail"
    opened.press("Escape")
    assert opened.script("document.activeElement.id") == "list"
    opened.press("Escape")
    assert opened.text("#matches") == "7 entries"


def test_keys_typed_into_the_search_field_are_text(open_report: Open) -> None:
    opened = open_report(every_kind())
    opened.press("/")
    opened.page.keyboard.type("gjk?")
    opened.settle()
    assert opened.script("document.getElementById('search').value") == "gjk?"
    assert not opened.page.locator("#help").is_visible()


def test_the_dialog_of_keys_opens_and_closes(open_report: Open) -> None:
    opened = open_report(every_kind())
    opened.press("?")
    assert opened.page.locator("#help").is_visible()
    assert "next and previous difference" in opened.text("#help")
    opened.press("Escape")
    assert not opened.page.locator("#help").is_visible()


def test_a_click_copies_the_command_for_the_record(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#differences")
    command = "necp-replay show traces/client/remove.necptrace --select 5 --hex"
    assert opened.text(".command .code") == command
    opened.page.locator(".command .copy").first.click()
    assert opened.text("#said") == "Copied"


def test_the_list_is_a_listbox_that_names_its_selected_option(open_report: Open) -> None:
    opened = open_report(many(1000, 10), fragment="#differences")
    opened.press("j", "j")
    box = opened.page.get_by_role("listbox", name="Differences")
    selected = opened.page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    assert selected.get_attribute("aria-selected") == "true"
    assert selected.get_attribute("aria-posinset") == "3"
    assert selected.get_attribute("aria-setsize") == "1000"


def test_every_control_has_an_accessible_name(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#differences")
    nameless = opened.script(
        "[...document.querySelectorAll('button, a, input, [role=group], section, aside, nav')]"
        ".filter(each => !each.ariaLabel && !each.textContent.trim() && !each.labels?.length)"
        ".map(each => each.outerHTML)"
    )
    assert nameless == []


def test_the_focus_is_always_visible(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#differences")
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


def test_on_a_medium_screen_filters_open_with_a_button(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#differences", size=(1000, 800))
    assert not opened.page.locator("#filters").is_visible()
    opened.page.get_by_role("button", name="Filters").click()
    opened.page.get_by_label("flow sets").check()
    assert opened.text("#matches") == "1 of 7 entries"
    opened.press("Escape")
    assert not opened.page.locator("#filters").is_visible()

"""The overview, the view of one difference, links, themes and printing."""

import re

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.replay.facts.likely_fact import LikelyFact
from necp_replay.report.html.contents import PageLimits
from necp_replay.report.html.explained import ExplainedSides
from necp_replay.rules.status import RuleStatus
from tests.browser.conftest import Open
from tests.browser.reports import every_kind, many
from tests.report.runs import rule_outcome

MINUS = "\N{MINUS SIGN}"
LIKELY = LikelyFact("remove_unknown_client_is_error", "True", "False", ())


def test_the_overview_counts_traces_by_verdict(open_report: Open) -> None:
    opened = open_report(every_kind())
    assert opened.text("h1") == "4 differences, 2 findings"
    tiles = [" ".join(text.split()) for text in opened.texts(".tiles li")]
    assert tiles == [
        "! 1 trace could not run",
        "≠ 2 traces different",
        "∅ 1 trace without a golden",
        "? 1 trace not modelled",
        "= 1 trace identical",
    ]


def test_the_overview_lists_goldens_that_belong_to_no_trace(open_report: Open) -> None:
    assert "golden/left_over.golden" in open_report(every_kind()).text("#overview")


def test_every_finding_is_shown_with_its_first_difference(open_report: Open) -> None:
    opened = open_report(every_kind())
    rows = [" ".join(text.split()) for text in opened.texts(".findings tbody tr")]
    assert len(rows) == 2
    assert rows[0].startswith("F1 REMOVE fingerprint")
    assert rows[0].endswith("status ENOENT → ok retval=0 1 2 1")


def test_identical_traces_are_listed_after_a_click(open_report: Open) -> None:
    opened = open_report(every_kind())
    assert "traces/fine.necptrace" not in opened.texts(".traces tbody th")
    opened.page.get_by_text("1 identical trace").click()
    opened.settle()
    assert "traces/fine.necptrace" in opened.texts(".traces tbody th")


def test_a_difference_shows_both_sides_of_every_field(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#differences")
    cells = [text.strip() for text in opened.texts(".fields td")]
    assert cells == ["ENOENT", "ok retval=0", "{log: err necp_client_remove}", "nothing"]
    assert opened.texts(".fields .layer") == ["return values", "effects"]


def test_changed_words_are_marked_on_both_sides(open_report: Open) -> None:
    opened = open_report(many(60, 2), fragment="#differences")
    assert opened.texts(".fields td.expected mark") == ["ok retval=0", "0x27", "A|"]
    assert opened.texts(".fields td.actual mark") == ["EINVAL", "0x26"]


def test_both_outcomes_are_shown_side_by_side_with_equal_lines_folded(open_report: Open) -> None:
    opened = open_report(many(60, 2), fragment="#differences")
    rows = opened.page.locator(".sides-table tbody tr")
    before = rows.count()
    assert "15 equal lines" in opened.text(".fold")
    opened.page.locator(".unfold").click()
    assert rows.count() == before + 14
    assert opened.count(".sides-table .gone") == 4
    assert opened.texts(".sides-table .changed td.actual mark") == ["ENOENT", "0x26"]


def test_the_sign_of_a_changed_line_has_the_colour_of_its_side(open_report: Open) -> None:
    opened = open_report(many(60, 2), fragment="#differences")
    expected, actual = (
        opened.script(f"getComputedStyle(document.querySelector('td.{side} .line-sign')).color")
        for side in ("expected", "actual")
    )
    assert expected != actual


def test_hexdumps_mark_the_bytes_that_differ(open_report: Open) -> None:
    opened = open_report(many(60, 2), fragment="#differences")
    assert opened.count(".hexdump") == 0
    opened.press("b")
    opened.settle()
    assert opened.texts("#section-bytes h4")[-1] == "returned buffer"
    dumps = opened.texts("#section-bytes .pair:last-child .hexdump")
    assert dumps[0].startswith("00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00")
    assert dumps[1].startswith("00000000  00 00 00 01 00 00 00 01  00 00 00 01 00 00 00 01")
    assert set(opened.texts(".pair:last-child > div:last-child mark")) == {"01", "."}


def test_the_record_is_shown_as_json_lines(open_report: Open) -> None:
    opened = open_report(many(60, 2), fragment="#differences")
    opened.page.locator("#section-raw summary").click()
    opened.settle()
    assert '"op":"necp_client_action"' in opened.text(".json")


def test_a_follower_links_to_its_cause(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#differences")
    assert "2 differences follow" in opened.text(".chain-line")
    opened.press("j")
    assert opened.text(".where") == "record 6"
    opened.page.locator(".chain-line a").click()
    assert opened.text(".where") == "record 5"


def test_the_expected_side_is_named_recorded_or_golden(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#differences")
    assert "recorded" in opened.text(".fields thead")
    opened.press("j")
    assert "golden" in opened.text(".fields thead")


def test_a_link_names_trace_and_record_and_opens_the_difference(open_report: Open) -> None:
    fragment = "#traces/client/remove.necptrace@xnu-4570.51.1:6"
    opened = open_report(every_kind(), fragment=fragment)
    assert opened.text(".where") == "record 6"
    opened.press("j")
    assert opened.script("location.hash").endswith(":final")
    opened.script(f"location.hash = {fragment!r}")
    opened.settle()
    assert opened.text(".where") == "record 6"


def test_an_unknown_link_opens_the_overview(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#traces/%E0%A4%A")
    assert opened.page.locator("#overview").is_visible()


def test_a_report_without_differences_says_so(open_report: Open) -> None:
    run = every_kind()
    run.traces = [trace for trace in run.traces if trace.path == "traces/fine.necptrace"]
    opened = open_report(run)
    assert opened.text("h1") == "Nothing differs"
    opened.press("/")
    assert opened.text("#matches") == "0 entries"


def test_the_theme_follows_the_system_or_the_choice(open_report: Open) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    light = open_report(every_kind())
    dark = open_report(every_kind(), colours="dark")
    colours = [light.script(background), dark.script(background)]
    assert colours[0] != colours[1]
    dark.press("t")
    assert dark.script(background) == colours[0]
    dark.press("t", "t")
    assert dark.script(background) == colours[1]


def test_printing_shows_findings_and_the_fields_of_listed_differences(open_report: Open) -> None:
    opened = open_report(every_kind())
    opened.script("window.dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print")
    assert opened.count("#print article") == 7
    assert opened.page.locator("#print .fields").first.is_visible()
    assert opened.page.locator("#overview").is_visible()
    assert not opened.page.locator("#differences").is_visible()
    opened.script("window.dispatchEvent(new Event('afterprint'))")
    assert opened.count("#print article") == 0


def test_on_a_narrow_screen_the_difference_replaces_the_list(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#differences", size=(420, 800))
    assert not opened.page.locator("#detail").is_visible()
    opened.page.locator(".row").nth(1).click()
    assert opened.page.locator("#detail").is_visible()
    assert not opened.page.locator("#list").is_visible()
    opened.page.locator(".back").click()
    assert opened.page.locator("#list").is_visible()
    assert opened.script("document.documentElement.scrollWidth") <= 420


def test_rules_for_this_kind_of_run_are_listed_with_their_status(open_report: Open) -> None:
    run = every_kind()
    run.rules = [
        rule_outcome(RuleStatus.VANISHED, "remove the rule"),
        rule_outcome(RuleStatus.APPLIED, ""),
        rule_outcome(RuleStatus.OTHER_RUN, "is for diff"),
    ]
    rows = [" ".join(text.split()) for text in open_report(run).texts(".rules tbody tr")]
    assert rows == [
        "3 known ✗ vanished 0 0 a reason remove the rule",
        "3 known ✓ applied 0 0 a reason",
    ]


def test_the_likely_fact_of_a_finding_is_shown(open_report: Open) -> None:
    run = every_kind()
    run.facts = {run.groups[0].key: LIKELY}
    opened = open_report(run)
    told = f"he replay behaves as if {LIKELY.fact} were False; expected is True"
    finding = opened.text(".finding-name")
    assert f"REMOVE of an unknown client: t{told}" in finding
    assert f"{MINUS} expected ENOENT and a log record" in finding
    assert "+ replayed succeeds silently" in finding
    opened.page.locator(".finding-name").first.click()
    assert f"T{told}" in opened.text(".chain-line")


def test_kinds_with_one_likely_fact_are_one_finding(open_report: Open) -> None:
    run = every_kind()
    run.facts = {group.key: LIKELY for group in run.groups}
    opened = open_report(run)
    assert opened.text("h1") == "4 differences, 1 finding"
    rows = [" ".join(text.split()) for text in opened.texts(".findings tbody tr")]
    assert len(rows) == 3
    assert rows[0].startswith("F1 REMOVE of an unknown client 2 kinds of difference")
    assert [row.split()[0] for row in rows[1:]] == ["REMOVE", "snapshot"]
    opened.page.locator(".finding-name").first.click()
    assert opened.text("#matches") == "4 of 7 entries"
    opened.press("o")
    opened.page.locator(".finding-name").nth(2).click()
    assert opened.text("#matches") == "1 of 7 entries"


def test_a_row_shows_the_field_that_says_most(open_report: Open) -> None:
    run = every_kind()
    found = run.traces[0].examples[1]
    found.fields.insert(0, FieldDifference(Layer.RETURN, "status", "ok retval=9", "ok retval=8"))
    opened = open_report(run, fragment="#differences")
    assert opened.texts(".row-change")[1] == "INTERFACE_INDEX 4 → 5"


def test_both_explanations_are_beside_each_other(open_report: Open) -> None:
    run = every_kind()
    first, second, _ = run.traces[0].examples
    lines = ("client #1: NONE", "├─ asks for", "│  └─ PORT 1")
    explained = {
        id(first): ExplainedSides("with 1", "with 2", lines, (*lines[:2], "│  └─ PORT 2")),
        id(second): ExplainedSides("with 1", "with 2", lines, lines),
    }
    opened = open_report(run, fragment="#differences", explained=explained)
    assert opened.texts("#section-explained th") == [f"{MINUS} with 1", "+ with 2"]
    assert opened.texts("#section-explained mark") == ["1", "2"]
    opened.press("j")
    assert opened.text("#section-explained p") == "Both sides have the same explanation."
    assert opened.texts("#section-explained .tree-line") == list(lines)
    opened.press("j")
    assert opened.count("#section-explained") == 0


def test_the_command_that_explains_is_shown_where_there_is_something_to_explain(
    open_report: Open,
) -> None:
    opened = open_report(every_kind(), fragment="#differences")
    assert opened.texts(".commands dt") == ["See it", "Explain it"]
    assert opened.texts(".commands .code")[1] == (
        "necp-replay explain traces/client/remove.necptrace --record 5 --release xnu-4570.51.1"
    )
    opened.press("]")
    assert opened.texts(".commands dt") == ["See it"]


def test_a_large_page_says_how_to_make_it_smaller(open_report: Open) -> None:
    run = many(8_000, 2)
    opened = open_report(run, limits=PageLimits(characters=None))
    assert "This page is large (6." in opened.text(".notice")
    assert "--html-limit 1000" in opened.text(".notice")
    assert open_report(many(60, 2)).count("#overview .notice") == 0


def test_what_is_left_out_to_keep_a_page_small_is_said_with_the_command(open_report: Open) -> None:
    run = many(400, 2)
    limits = PageLimits(characters=105_000)
    opened = open_report(run, fragment="#differences", limits=limits)
    said = opened.script("document.querySelector('#overview .left-out').textContent")
    assert re.search(r"small, \d+ of its 400 differences have both", said)
    assert opened.count("#section-sides") == 1
    opened.search("trace:0001")
    assert opened.count("#section-sides") == 0
    assert opened.text("#detail .left-out .code") == (
        "necp-replay replay traces/area1/generated_0001.necptrace --release xnu-4570.51.1"
        " --no-golden --html whole.html --html-limit 200"
    )

"""The rules file is read completely, and everything wrong in it is refused with its place."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.errors import RulesError
from necp_replay.outcomes.layers import Layer
from necp_replay.rules import project
from necp_replay.rules.project import find_project_file, read_project
from necp_replay.rules.rule import Rule, RuleAction, has_expired
from necp_replay.trace.find import PROJECT_FILE

FULL = """\
traces = "traces"
golden = "accepted/golden"

[[expected]]
reason = "the newer release counts\\n  headers too"
action = "tolerated"
from = "xnu-4570.41.2"
to = "xnu-4570.51.1"
trace = "sessions/*"
record = ["copy_*", "final state"]
field = "*counters"
layer = ["statistics", "flow sets"]
fingerprint = "0123456789"
fact = "remove_unknown_client_is_error"
tolerance = "5%"
count = 3
expires = 2027-01-31
"""


def written(folder: Path, text: str) -> Path:
    path = folder / PROJECT_FILE
    path.write_text(text, "utf-8")
    return path


def refusal(folder: Path, text: str) -> RulesError:
    with pytest.raises(RulesError) as caught:
        read_project(written(folder, text))
    return caught.value


def one_rule(folder: Path, text: str) -> Rule:
    (rule,) = read_project(written(folder, text)).rules
    return rule


def test_every_key_of_the_file_is_read(tmp_path: Path) -> None:
    read = read_project(written(tmp_path, FULL))
    assert (read.traces, read.golden) == (tmp_path / "traces", tmp_path / "accepted/golden")
    (rule,) = read.rules
    assert (rule.number, rule.line, rule.action) == (1, 4, RuleAction.TOLERATED)
    assert rule.reason == "the newer release counts headers too"
    assert (rule.from_release, rule.to_release) == ("xnu-4570.41.2", "xnu-4570.51.1")
    assert rule.matches_trace("sessions/a/b") and not rule.matches_trace("client/a")
    assert rule.layers == frozenset({Layer.STATISTICS, Layer.FLOWS})
    assert rule.facts == frozenset({"remove_unknown_client_is_error"})
    assert (rule.count, rule.expires) == (3, date(2027, 1, 31))


def test_the_example_in_the_documentation_is_valid(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "goldens-and-rules.md"
    documentation = page.read_text("utf-8")
    example = documentation.split("```toml\n")[1].split("```")[0]
    actions = [rule.action for rule in read_project(written(tmp_path, example)).rules]
    assert actions == [RuleAction.KNOWN, RuleAction.TOLERATED, RuleAction.IGNORED, RuleAction.EXACT]


def test_a_rule_applies_on_its_last_day_and_expires_the_day_after(tmp_path: Path) -> None:
    rule = one_rule(tmp_path, FULL)
    assert not has_expired(rule, date(2027, 1, 31))
    assert has_expired(rule, date(2027, 2, 1))


def test_the_file_in_the_nearest_folder_above_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    outer = written(tmp_path, "")
    assert find_project_file(inner) == outer
    nearer = written(tmp_path / "a", "")
    assert find_project_file(inner) == nearer


RULE = '[[expected]]\nreason = "why"\naction = "ignored"\nfield = "f"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("traces = [", "not TOML: Invalid value"),
        ("a = 1\na = 2\n", "line 2: not TOML"),
        ("tracse = 'traces'", "unknown key 'tracse'"),
        ("expected = 1", "'expected' is not a list of tables"),
        ("expected = [1]", "'expected' is not a list of tables"),
        ("[expected]\nreason = 'x'", "'expected' is not a list of tables"),
        ("traces = 1", "traces is 1, not a folder"),
        ("traces = '/etc'", "leads out of the file's folder"),
        ("golden = '../golden'", "leads out of the file's folder"),
        ("golden = 'a/../../b'", "leads out of the file's folder"),
        ("golden = 'a\\b'", "not a folder"),
        (RULE + 'feild = "x"', "line 1: [[expected]] number 1: unknown key 'feild'; did you mean"),
        (RULE + "\n" + RULE + "x = 1", "line 6: [[expected]] number 2: unknown key 'x'"),
        ("[[expected]]\naction = 'ignored'\nfield = 'f'", "'reason' is missing"),
        (RULE.replace("why", " "), "reason is ' ', not a sentence"),
        (RULE.replace("why", "w" * 1001), "not a sentence"),
        ("[[expected]]\nreason = 'r'\nfield = 'f'", "'action' is missing"),
        (RULE.replace("ignored", "hidden"), "action is 'hidden'"),
        (RULE.replace('"ignored"', "[]"), "action is []"),
        (RULE.replace('field = "f"', ""), "matches every difference"),
        (RULE.replace('field = "f"', 'release = "R"'), "matches every difference"),
        (RULE.replace('"f"', "1"), "field is 1, neither a text nor a list of texts"),
        (RULE.replace('"f"', "[]"), "field is [], neither"),
        (RULE.replace('"f"', "['a', 1]"), "field is ['a', 1], neither"),
        (RULE.replace('"f"', '""'), "field is '', neither"),
        (RULE + 'layer = "flow"', "there is no layer 'flow'"),
        (RULE + 'fingerprint = "12"', "'12' is not ten hexadecimal digits"),
        (RULE + "from = 'A'\nfact = 'no_such'", "there is no fact 'no_such'"),
        (RULE + "fact = 'remove_unknown_client_is_error'", "only diff finds facts"),
        (RULE + "release = 'A'\nto = 'B'", "'release', which is for replay"),
        (RULE + "release = 3", "release is 3, not a name"),
        (RULE + "tolerance = 1", "go together"),
        (RULE.replace("ignored", "tolerated"), "go together"),
        (RULE.replace("ignored", "tolerated") + "tolerance = 0", "tolerance is 0"),
        (RULE.replace("ignored", "tolerated") + "tolerance = -1.5", "tolerance is -1.5"),
        (RULE.replace("ignored", "tolerated") + "tolerance = nan", "tolerance is NaN"),
        (RULE.replace("ignored", "tolerated") + "tolerance = inf", "tolerance is Infinity"),
        (RULE.replace("ignored", "tolerated") + "tolerance = 1e999999", "tolerance is 1E+999999"),
        (RULE.replace("ignored", "tolerated") + "tolerance = '5'", "tolerance is '5'"),
        (RULE.replace("ignored", "tolerated") + "tolerance = true", "tolerance is True"),
        (RULE + "count = 0", "count is 0"),
        (RULE + "count = true", "count is True"),
        (RULE.replace("ignored", "exact") + "count = 1", "count is 1"),
        (RULE + "expires = '2027-01-31'", "expires is '2027-01-31', not a date"),
        (RULE + "expires = 2027-01-31T00:00:00", "not a date"),
        (RULE + "expires = 2027-02-30", "not TOML"),
        ("expected = [" + "{}," * 1001 + "]", "1,001 rules, more than 1,000"),
        ("a = " + "[" * 100_000, "not TOML"),
        ("a = " + "9" * 10_000, "not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    error = refusal(tmp_path, text)
    assert words in str(error)
    assert str(error).startswith(f"{tmp_path / PROJECT_FILE}: ")
    assert error.hint.endswith((".", '"'))


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / PROJECT_FILE).write_bytes(b"traces = '\xff'")
    with pytest.raises(RulesError, match="at byte 10: not UTF-8"):
        read_project(tmp_path / PROJECT_FILE)


def test_a_file_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    assert "larger than 1 MiB" in str(refusal(tmp_path, "#" * (project.MAX_BYTES + 1)))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="No such file"):
        read_project(tmp_path / PROJECT_FILE)


def test_a_folder_of_that_name_is_refused_with_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / PROJECT_FILE
    folder.mkdir()
    with pytest.raises(RulesError, match="Is a directory") as caught:
        read_project(folder)
    assert caught.value.hint == "Move the folder away, or name a file of rules with --rules FILE."


def test_a_symbolic_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "golden").symlink_to(tmp_path)
    assert "leads out of" in str(refusal(inside, "golden = 'golden'"))


def test_the_error_for_an_inline_table_has_no_line(tmp_path: Path) -> None:
    text = "expected = [{reason = 'r', action = 'known', record = 'ADD', extra = 1}]"
    assert ": [[expected]] number 1: unknown key 'extra'" in str(refusal(tmp_path, text))


@given(st.text(max_size=200) | st.text(st.sampled_from('[]{}"=expctd\n.1'), max_size=200))
def test_any_text_is_read_or_refused_with_a_rules_error(text: str) -> None:
    try:
        project.project_of(Path("necp-replay.toml"), text)
    except RulesError as error:
        assert str(error)


def test_an_unresolved_merge_is_named(tmp_path: Path) -> None:
    error = refusal(tmp_path, "traces = 'a'\n<<<<<<< HEAD\ngolden = 'a'\n=======\n>>>>>>> theirs\n")
    assert (error.reason, error.line) == ("an unresolved merge conflict", 2)

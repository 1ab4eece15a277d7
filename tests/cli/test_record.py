"""`necp-replay record`: scenarios of files and folders, and traces that are out of date."""

from pathlib import Path

import pytest

from tests.cli.process import run_command
from tests.cli.workplace import OLD, SCENARIO, Workplace

OPENS = "def opens(system):\n    system.add_process(1).necp_open()\n"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def folders(workplace: Workplace) -> Workplace:
    """Scenarios in two folders, recorded."""
    workplace.write("scenarios/client/remove.py", SCENARIO)
    workplace.write("scenarios/open.py", OPENS)
    workplace.write("scenarios/_shared.py", "raise ValueError('no scenario')\n")
    assert workplace.run("record", "scenarios", "-o", "traces").status == 0
    return workplace


def test_the_traces_of_a_folder_have_the_structure_of_its_scenarios(folders: Workplace) -> None:
    traces = folders.root / "traces"
    assert sorted(path.relative_to(traces).as_posix() for path in traces.rglob("*.necptrace")) == [
        "client/remove_twice.necptrace",
        "opens.necptrace",
    ]


def test_traces_just_recorded_are_up_to_date(folders: Workplace) -> None:
    printed = folders.run("record", "scenarios", "-o", "traces", "--check")
    assert printed.status == 0
    assert "2 traces up to date" in printed.out


def test_a_changed_scenario_is_reported_and_nothing_is_written(folders: Workplace) -> None:
    path = folders.root / "traces" / "opens.necptrace"
    before = path.read_bytes()
    folders.write("scenarios/open.py", OPENS.replace("(1)", "(2)"))
    printed = folders.run("record", "scenarios", "-o", "traces", "--check")
    assert printed.status == 1
    assert "traces/opens.necptrace: out of date" in printed.out
    assert path.read_bytes() == before


def test_recording_leaves_no_bytecode_next_to_scenarios(folders: Workplace) -> None:
    assert not list((folders.root / "scenarios").rglob("__pycache__"))


def test_a_scenario_without_a_trace_is_reported(folders: Workplace) -> None:
    (folders.root / "traces" / "opens.necptrace").unlink()
    printed = folders.run("record", "scenarios/open.py", "-o", "traces", "--check")
    assert printed.status == 1
    assert "traces/opens.necptrace: not recorded" in printed.out


def test_a_trace_without_a_scenario_is_reported(folders: Workplace) -> None:
    (folders.root / "scenarios" / "open.py").unlink()
    printed = folders.run("record", "scenarios", "-o", "traces", "--check")
    assert printed.status == 1
    assert "traces/opens.necptrace: no scenario makes it" in printed.out


def test_a_damaged_trace_is_out_of_date(folders: Workplace) -> None:
    path = folders.root / "traces" / "opens.necptrace"
    path.write_bytes(path.read_bytes()[:-1])
    printed = folders.run("record", "scenarios/open.py", "-o", "traces", "--check")
    assert printed.status == 1
    assert "opens.necptrace: out of date" in printed.out


def test_a_trace_of_another_release_is_out_of_date(folders: Workplace) -> None:
    arguments = ("record", "scenarios", "-o", "traces", "--check", "--release", OLD)
    assert folders.run(*arguments).status == 1


def test_a_failing_assertion_is_shown_with_its_line(workplace: Workplace) -> None:
    text = "def wrong(system):\n    fd = system.add_process(1).necp_open()\n    assert fd.fd == 9\n"
    workplace.write("wrong.py", text)
    printed = workplace.run("record", "wrong.py", "-o", "traces")
    assert printed.status == 2
    assert "wrong.py: line 3: wrong: AssertionError: assert fd.fd == 9" in printed.err
    assert not list(workplace.root.glob("traces/*"))


def test_two_scenarios_for_one_trace_are_refused(folders: Workplace) -> None:
    folders.write("scenarios/again.py", OPENS)
    printed = folders.run("record", "scenarios", "-o", "elsewhere")
    assert printed.status == 2
    assert "opens is also a scenario of" in printed.err
    assert not (folders.root / "elsewhere").exists()


def test_one_scenario_of_a_folder_can_be_named(folders: Workplace) -> None:
    printed = folders.run("record", "scenarios::opens", "-o", "one")
    assert printed.status == 0
    assert [path.name for path in (folders.root / "one").rglob("*.*")] == ["opens.necptrace"]


def test_the_traces_of_this_repository_are_up_to_date(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    printed = workplace.run("record", "traces", "-o", "traces", "--check")
    assert printed.status == 0, printed.out


@pytest.mark.parametrize("place", ["module", "function", "second function"])
@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ("sys.exit(0)", "SystemExit: 0"),
        ("sys.exit(3)", "SystemExit: 3"),
        ("sys.exit()", "SystemExit"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise __import__('necp_replay.errors').errors.Terminated(15)", "Terminated"),
        (
            "raise type('Odd', (Exception,), {'__str__': lambda self: sys.exit(0)})()",
            "Odd: its message cannot be shown (SystemExit)",
        ),
        ("os._exit(0)", "exit status 0"),
        ("os._exit(3)", "exit status 3"),
        ("os.abort()", "SIGABRT"),
        ("os.kill(os.getpid(), 9)", "SIGKILL"),
        ("os.execv('/bin/sh', ['sh', '-c', 'exit 0'])", "exit status 0"),
        ("os.closerange(3, 100)", "ended its process"),
    ],
)
def test_a_scenario_that_ends_the_process_is_an_error(
    workplace: Workplace, place: str, ending: str, said: str
) -> None:
    at_module, in_function = (ending, "pass") if place == "module" else ("pass", ending)
    ends = OPENS.replace("opens", "ends")
    trace = workplace.root / "traces" / "ends.necptrace"
    workplace.write("scenarios/ends.py", ends)
    assert workplace.run("record", "scenarios", "-o", "traces").status == 0
    before = trace.read_bytes()
    first = OPENS if place == "second function" else ""
    text = f"import os, sys\n{at_module}\n{first}{ends}    {in_function}\n"
    workplace.write("scenarios/ends.py", text)
    for check in ((), ("--check",)):
        printed = workplace.run("record", "scenarios", "-o", "traces", *check)
        assert printed.status == 2, printed.err
        assert "scenarios/ends.py" in printed.err
        assert said in printed.err
    assert not list(workplace.root.rglob("*.partial"))
    assert trace.read_bytes() == before


@pytest.mark.parametrize("check", [(), ("--check",)], ids=["record", "check"])
@pytest.mark.parametrize("place", ["module", "function"])
def test_an_exception_that_python_drops_in_a_scenario_is_an_error(
    workplace: Workplace, place: str, check: tuple[str, ...]
) -> None:
    freed = "class Freed:\n    def __del__(self):\n        raise ValueError('not lost')\n"
    at_module, in_function = ("Freed()", "pass") if place == "module" else ("pass", "Freed()")
    workplace.write("scenarios/drops.py", OPENS)
    assert workplace.run("record", "scenarios/drops.py", "-o", "traces").status == 0
    before = (workplace.root / "traces" / "opens.necptrace").read_bytes()
    text = f"{freed}{at_module}\n{OPENS}    {in_function}\n"
    workplace.write("scenarios/drops.py", text)
    done = run_command(workplace.root, "record", "scenarios/drops.py", "-o", "traces", *check)
    assert done.returncode == 2
    assert "scenarios/drops.py: line 3: " in done.stderr
    assert "ValueError: not lost" in done.stderr
    assert "Traceback" not in done.stderr
    assert (workplace.root / "traces" / "opens.necptrace").read_bytes() == before


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param("os.fork()", id="forks"),
        pytest.param("os.closerange(0, 3)", id="closes descriptors"),
        pytest.param("sys.stdout.close()", id="closes a stream"),
        pytest.param("sys.stdout = sys.stderr = None", id="has no streams"),
        pytest.param("os.chdir('/')", id="goes elsewhere"),
    ],
)
def test_what_a_scenario_does_to_its_process_changes_no_result(
    workplace: Workplace, odd: str
) -> None:
    workplace.write("scenarios/odd.py", f"import os, sys\n{OPENS}    {odd}\n")
    done = run_command(workplace.root, "record", "scenarios/odd.py", "-o", "traces")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    assert done.stdout.startswith("traces/opens.necptrace: 2 records")


def test_an_exception_in_a_thread_of_a_scenario_is_an_error(workplace: Workplace) -> None:
    thread = "thread = threading.Thread(target=lambda: 1 / 0); thread.start(); thread.join()"
    workplace.write("scenarios/odd.py", f"import threading\n{OPENS}    {thread}\n")
    done = run_command(workplace.root, "record", "scenarios/odd.py", "-o", "traces")
    assert done.returncode == 2
    assert "scenarios/odd.py: line 4: opens: ZeroDivisionError" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_a_scenario_prints_is_printed(workplace: Workplace) -> None:
    workplace.write(
        "talks.py", "def talks(system):\n    system.add_process(1)\n    print('hello')\n"
    )
    done = run_command(workplace.root, "record", "talks.py", "-o", "traces")
    assert (done.returncode, done.stderr) == (0, "")
    assert "hello\n" in done.stdout


@pytest.mark.parametrize("other", ["Remove_Twice", "REMOVE_TWICE"])
def test_a_trace_whose_name_differs_only_in_case_is_refused(
    workplace: Workplace, other: str
) -> None:
    workplace.write("scenarios/remove.py", SCENARIO)
    workplace.write(f"traces/{other}.necptrace", "")
    printed = workplace.run("record", "scenarios", "-o", "traces")
    assert printed.status == 2
    assert f"has the name of traces/{other}.necptrace" in printed.err
    assert not (workplace.root / "traces/remove_twice.necptrace").exists()


def test_scenarios_whose_names_differ_in_case_are_refused(workplace: Workplace) -> None:
    twice = SCENARIO + SCENARIO.partition("System\n")[2].replace("remove_twice", "Remove_twice")
    workplace.write("scenarios/remove.py", twice)
    printed = workplace.run("record", "scenarios/remove.py", "-o", "traces")
    assert printed.status == 2
    assert "Remove_twice.necptrace has the name of remove_twice.necptrace" in printed.err
    assert not (workplace.root / "traces").exists()


FAILS = "def fails(system):\n    system.add_process(1)\n    assert False, 'on purpose'\n"


def test_a_scenario_that_breaks_its_interpreter_does_not_stop_the_others(
    workplace: Workplace,
) -> None:
    breaks = "import sys\ndef breaks(system):\n    sys.modules.clear()\n"
    workplace.write("scenarios/a.py", breaks)
    workplace.write("scenarios/b.py", OPENS)
    printed = workplace.run("record", "scenarios", "-o", "traces")
    assert "1 trace written, 1 failed" in printed.out
    assert "a.py" in printed.err
    assert (workplace.root / "traces" / "opens.necptrace").exists()


def test_a_cause_that_only_the_process_of_a_scenario_knows_is_not_sent(
    workplace: Workplace,
) -> None:
    """Some libraries change how exceptions are pickled: their causes are then pickled too."""
    changed = (
        "import copyreg\n"
        "from necp_replay.errors import ScenarioError\n"
        "def reduced(error):\n"
        "    return ScenarioError, (error.reason,), {**vars(error), 'cause': error.__cause__}\n"
        "copyreg.pickle(ScenarioError, reduced)\n"
        "class Odd(Exception):\n    pass\n"
    )
    raises = "    raise Odd('on purpose')\n"
    for text in (f"{changed}if True:\n{raises}", f"{changed}def fails(system):\n{raises}"):
        workplace.write("scenarios/odd.py", text)
        printed = workplace.run("record", "scenarios", "-o", "traces")
        assert printed.status == 2, printed.err
        assert "Odd: on purpose" in printed.err


def test_a_scenario_that_fails_is_told_and_the_others_are_recorded(workplace: Workplace) -> None:
    last = OPENS.replace("opens", "last")
    workplace.write("scenarios/a.py", "import os\n" + FAILS + last)
    workplace.write("scenarios/b.py", "raise ValueError('of the file')\n")
    workplace.write("scenarios/c.py", "import os\nos._exit(0)\n")
    exits = "def exits(system):\n    os.abort()\n"
    workplace.write("scenarios/d.py", "import os\n" + exits + OPENS)
    for arguments, said in (
        (("-o", "traces"), "2 traces written, 4 failed"),
        # Those that were never recorded are not run.
        (("-o", "traces", "--check"), "2 traces out of date, 2 failed"),
    ):
        printed = workplace.run("record", "scenarios", *arguments)
        assert printed.status == 2
        assert said in printed.out
        errors = [
            "b.py: line 1: ValueError: of the file",
            "c.py: the scenario ended its process (exit status 0)",
            "a.py: line 4: fails: AssertionError: on purpose",
            "d.py: exits: the scenario ended its process (SIGABRT)",
        ]
        for error in errors[: 2 if "--check" in arguments else 4]:
            assert printed.err.count(error) == 1
        names = [path.name for path in sorted((workplace.root / "traces").iterdir())]
        assert names == ["last.necptrace", "opens.necptrace"]


def test_a_release_that_is_not_modelled_is_told_once(folders: Workplace) -> None:
    printed = folders.run("record", "scenarios", "-o", "other", "--release", "xnu-1")
    assert printed.status == 2
    assert printed.err.count("xnu-1") == 1
    assert not (folders.root / "other").exists()


def test_a_trace_that_cannot_be_written_is_told_and_the_others_are(folders: Workplace) -> None:
    (folders.root / "other/opens.necptrace").mkdir(parents=True)
    printed = folders.run("record", "scenarios", "-o", "other")
    assert printed.status == 2
    assert "other/opens.necptrace: is a folder" in printed.err
    assert "1 trace written, 1 failed" in printed.out


def test_a_broken_trace_among_the_others_does_not_end_the_check(folders: Workplace) -> None:
    folders.write("traces/broken.necptrace", "no trace")
    folders.write("traces/gone.necptrace", "")
    (folders.root / "traces/gone.necptrace").write_bytes(
        (folders.root / "traces/opens.necptrace").read_bytes()
    )
    printed = folders.run("record", "scenarios", "-o", "traces", "--check")
    assert printed.status == 2
    assert "traces/gone.necptrace: no scenario makes it" in printed.out
    assert "traces/broken.necptrace: at byte 0: this is not a trace" in printed.err


@pytest.mark.parametrize("name", ["nothing", "nothing.py"])
def test_a_scenario_that_is_not_there_is_named(workplace: Workplace, name: str) -> None:
    printed = workplace.run("record", name, "-o", "traces")
    assert printed.status == 2
    assert f"{name}: no such file or folder" in printed.err


LATER = """\
from necp_replay.scenario import System, runs_on

@runs_on(since="xnu-4903.221.2")
def registers(system: System) -> None:
    client = system.add_process(1).necp_open().add()
    client.create_registration()
"""


def test_a_scenario_says_on_which_releases_it_runs(workplace: Workplace) -> None:
    workplace.write("scenarios/later.py", LATER)
    refused = workplace.run("record", "scenarios", "-o", "traces", "--release", OLD)
    assert refused.status == 2
    assert f"registers cannot run on {OLD}" in refused.err
    assert "xnu-4903.221.2 and later" in refused.err
    assert workplace.run("record", "scenarios", "-o", "traces").status == 0
    assert "xnu-4903.221.2" in workplace.run("info", "traces/registers.necptrace").out
    assert workplace.run("accept", "traces").status == 0
    assert {path.name for path in (workplace.root / "golden").iterdir()} == {
        "registers.golden",
        "registers@xnu-6153.11.26.golden",
        "registers@xnu-8019.41.5.golden",
        "registers@xnu-8019.80.24.golden",
        "registers@xnu-11215.1.10.golden",
    }
    assert workplace.run("replay", "traces").status == 0
    assert workplace.run("replay", "traces", "--release", OLD).status == 3


def test_each_trace_is_said_to_be_new_changed_or_unchanged(workplace: Workplace) -> None:
    workplace.write("open.py", OPENS)
    outputs = [workplace.run("record", "open.py", "-o", "traces").out for _ in range(2)]
    workplace.write("open.py", OPENS.replace("(1)", "(2)"))
    outputs.append(workplace.run("record", "open.py", "-o", "traces").out)
    assert [out.strip().rpartition(", ")[2] for out in outputs] == ["new", "unchanged", "changed"]


def test_calls_that_were_refused_are_counted_and_listed_on_request(workplace: Workplace) -> None:
    workplace.write(
        "vpn.py",
        "def vpn(system):\n    system.add_process(300, name='vpnd').necp_session_open()\n",
    )
    short = workplace.run("record", "vpn.py", "-o", "traces").out
    listed = workplace.run("record", "vpn.py", "-o", "traces", "-v").out
    assert short.strip().endswith("; 1 call refused: necp_session_open EACCES")
    assert "  record 2 necp_session_open pid=300: EACCES" in listed.splitlines()


def test_a_scenario_without_refused_calls_says_nothing_of_them(workplace: Workplace) -> None:
    workplace.write("open.py", OPENS)
    assert "refused" not in workplace.run("record", "open.py", "-o", "traces").out


def test_an_error_of_the_api_names_the_line_of_the_scenario(workplace: Workplace) -> None:
    workplace.write(
        "scenarios/mail.py",
        "def mail(system):\n"
        "    fd = system.add_process(1).necp_open()\n"
        "    fd.add(remote='example.com:443')\n",
    )
    printed = workplace.run("record", "scenarios/mail.py", "-o", "traces")
    assert printed.status == 2
    assert printed.err.startswith(
        "necp-replay: scenarios/mail.py: line 3: mail: 'example.com:443' is not an address\n"
    )
    assert "192.0.2.1:443" in printed.err, "the hint of the error stays"

"""Files of interrupted commands are mentioned, and listed by doctor."""

import pytest

from tests.cli.workplace import Workplace

PART = "golden/.remove_twice.golden.0123456789abcdef.partial"


@pytest.fixture
def interrupted(workplace: Workplace) -> Workplace:
    """A project in which a command that wrote a golden was killed."""
    workplace.record()
    workplace.run("accept", "traces")
    workplace.write(PART, "necp-replay golden 1\n")
    return workplace


@pytest.mark.parametrize("command", ["replay", "accept"])
def test_the_next_run_mentions_it(interrupted: Workplace, command: str) -> None:
    printed = interrupted.run(command, "traces")
    assert printed.status == 0
    assert f"{PART} was left behind by an interrupted command" in printed.err
    assert (interrupted.root / PART).exists()


def test_doctor_lists_it(interrupted: Workplace) -> None:
    interrupted.write("traces/x.necptrace.partial", "")
    for folder, leftover in (("golden", PART), ("traces", "traces/x.necptrace.partial")):
        printed = interrupted.run("doctor", folder)
        assert (printed.status, leftover in printed.out) == (0, True)
        document = interrupted.run("doctor", folder, "--json").json()
        assert [each["path"] for each in document["leftovers"]] == [leftover]
    assert "recover" in interrupted.run("doctor", "traces").out


def test_doctor_of_a_folder_with_nothing_could_not_run(interrupted: Workplace) -> None:
    (interrupted.root / PART).unlink()
    assert interrupted.run("doctor", "golden").status == 2
    assert interrupted.run("doctor", "traces", "--json").json()["leftovers"] == []

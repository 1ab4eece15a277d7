"""The examples in the help of every command can be pasted into a shell."""

from __future__ import annotations

import argparse
import io
import shlex
import shutil
from collections.abc import Iterator
from glob import glob
from pathlib import Path
from typing import Final

import pytest

from necp_replay.cli.command_line import build_parser
from necp_replay.cli.main import main
from tests.cli.workplace import NEW, SCENARIO, Workplace

_CHECKOUT: Final = Path(__file__).resolve().parents[2]
_FROM_CHECKOUT: Final = (
    "golden/client/add.golden",
    "golden/client/remove.golden",
    "traces/agents/agent_messages.necptrace",
    "traces/client/add.necptrace",
    "traces/client/remove.necptrace",
    "traces/client/update_cache_refused.necptrace",
    "traces/differences/addresses_of_a_flow.necptrace",
    "traces/policies/vpn.necptrace",
)
"""Files that examples name, or that stand for the files of a folder."""
_DAY: Final = '''\
"""A day with two processes, many clients and failed calls."""


def day(system):
    system.advance(1_000_000_000)
    for pid, port in ((100, 1), (312, 2)):
        fd = system.add_process(pid=pid).necp_open()
        for number in range(1, 5):
            client = fd.add(remote=f"203.0.113.{number}:{port}")
            client.copy_result()
            client.remove()
            client.remove()
            client.copy_result()
        system.advance(1_500_000_000)
        client.copy_result()
        system.advance(9_000_000_000)
    client.copy_result()
'''
_COPIES_OF_DAY: Final = (
    *("after", "before", "bug", "daemon", "browser", "monday", "other", "part1", "part2", "part3"),
    *("trace", "tuesday", "parts/one", "parts/two", "mail/one", "old/one"),
)
_DTRUSS: Final = "necp_open(0x0, 0x0, 0x0)\t\t = 4 0\n"
_STRACE: Final = "necp_open(0) = 4\n"
_LOG: Final = (
    "2024-09-01 10:00:00.123456-0700  localhost kernel[0]: tcp drop outgoing"
    " [192.168.1.5:50000<->10.0.0.9:443] interface: en0 (skipped: 0)\n"
    "so_gencnt: 7 t_state: SYN_SENT process: curl:812 so_error: 0 reason: NECP\n"
    "2024-09-01 10:00:01.223456-0700  localhost Slack[900]: (libnetwork.dylib)"
    " nw_path_shared_necp_fd_block_invoke necp_open failed [24: Too many open files]\n"
)
_ONLY_PARSED: Final = {
    "bench": "takes minutes",
    "capture": "needs macOS",
    "check-engine": "takes a minute",
    "completion": "needs an extra",
    "coverage": "takes minutes",
    "demo": "has tests of its own",
    "minimize": "needs a trace that differs",
    "report": "needs the reports of shards",
    "review": "needs a terminal",
    "serve": "waits for requests",
    "-": "reads a pipe",
    "report-1.json": "needs the reports of shards",
    "--engine": "needs another engine",
    "--fingerprint": "needs a fingerprint of the reader's goldens",
    "--scheduler": "needs a scheduler",
    "--policies": "needs a dump of a system",
    "--to-engine": "needs another engine",
    "--watch": "runs until it is ended",
    "vectors": "needs measured vectors",
}
"""Words of examples that are not run, and why."""


def _examples() -> Iterator[str]:
    """Every line that the help of some command shows as an example."""
    parser = build_parser()
    (commands,) = (
        action for action in parser._actions if isinstance(action, argparse._SubParsersAction)
    )
    for each in (parser, *commands.choices.values()):
        shown = each.format_help().partition("examples:\n")[2].partition("\n\n")[0]
        yield from (line.strip() for line in shown.splitlines())


def _own_command(line: str) -> list[str]:
    """The words of a line's own command, without what is piped to it and what reads its output."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|>")
    lexer.whitespace_split = True
    pipeline: list[list[str]] = [[]]
    for word in lexer:
        pipeline.append([]) if word == "|" else pipeline[-1].append(word)
    for words in pipeline:
        if words[:1] == ["necp-replay"]:
            redirected = (position for position, word in enumerate(words) if word.startswith(">"))
            return words[1 : next(redirected, len(words))]
    return []


_OWN: Final = {line: words for line in _examples() if (words := _own_command(line))}


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a trace that has what the examples select."""
    folder = tmp_path_factory.mktemp("day")
    scenario = folder / "day.py"
    scenario.write_text(_DAY, "utf-8")
    assert main(("record", str(scenario), "-o", str(folder), "--release", NEW)) == 0
    return (folder / "day.necptrace").read_bytes()


def _lay_out(workplace: Workplace, day: bytes, words: list[str]) -> None:
    """Write every file that the words of an example name."""
    for name in _FROM_CHECKOUT:
        target = workplace.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_CHECKOUT / name, target)
    for name in _COPIES_OF_DAY:
        target = workplace.root / f"{name}.necptrace"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(day)
    (workplace.root / "day.necptrace").write_bytes(day)
    for name in ("damaged.necptrace", "trace.necptrace.partial"):
        (workplace.root / name).write_bytes(day[:-40])
    (workplace.root / "key").write_bytes(bytes(range(32)))
    workplace.write("report.json", '{"schema_version": 1, "per_trace": [], "groups": []}')
    if words[0] == "accept":
        workplace.write("necp-replay.toml", "")
    if words[0] != "init":
        workplace.write("README.md", "A day.\n")
    if words[0] == "record":
        workplace.write("traces/agents/remove.py", SCENARIO)
    if words[0] == "recover":
        (workplace.root / "trace.necptrace").unlink()
    workplace.write("scenario.py", SCENARIO)
    workplace.write("scenarios/remove.py", SCENARIO)
    workplace.write("system.log", _LOG)
    workplace.write("dtruss.txt", _DTRUSS)
    workplace.write("out.txt", _DTRUSS)
    workplace.write("trace.jsonl", _STRACE)


def _expanded(words: list[str]) -> list[str]:
    """The words as a shell passes them: patterns of existing files are expanded."""
    return [
        path
        for word in words
        for path in (sorted(glob(word)) or [word] if word.endswith("*.necptrace") else [word])
    ]


@pytest.mark.parametrize("line", _OWN)
def test_an_example_is_a_valid_command_line(line: str) -> None:
    build_parser().parse_args(_OWN[line])


@pytest.mark.parametrize(
    "line", [line for line, words in _OWN.items() if not _ONLY_PARSED.keys() & set(words)]
)
def test_an_example_runs(
    workplace: Workplace, day: bytes, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    words = ["100" if word == "10000" else word for word in _OWN[line]]
    _lay_out(workplace, day, words)
    if words[:2] == ["report", "merge"]:
        for index in (1, 2):
            part = ("--shard", f"{index}/2", "--no-cache", "--format", "json")
            shard = workplace.run("replay", "traces/client", "traces/agents", *part)
            workplace.write(f"report-{index}.json", shard.out)
    if "bug.jsonl" in words[1:2]:
        assert workplace.run("convert", "bug.necptrace", "-o", "bug.jsonl").status == 0
        (workplace.root / "bug.necptrace").unlink()
    printed = workplace.run(*_expanded(words))
    assert printed.status in (0, 1, 4), printed.out + printed.err

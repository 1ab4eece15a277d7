"""Runs one case of the fuzzer of commands, and reports what must never happen."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from necp_replay.cli.main import main
from necp_replay.errors import NecpReplayError
from necp_replay.golden.store import GoldenStore
from necp_replay.trace.reader import verify_file
from tests.cli.process import environment
from tests.engines.programs import odd_program
from tests.fuzz.command_cases import TRACES, Case
from tests.processes.survivors import survivors_later

MAX_SECONDS: Final = 60.0
_SLOW_S: Final = 0.05
_TINY_BYTES: Final = 64 << 10
_VERDICTS: Final = (0, 1, 3)
_BAD_WORDS: Final = (b"Traceback (most recent call last)", b"Exception ignored", b"Fatal Python")
_SCENARIO: Final = "def {}(system):\n    system.add_process(100).necp_open(){}\n"


def make_project(folder: Path) -> None:
    """A folder with traces, goldens, scenarios and what is none of them."""
    (folder / "scenarios").mkdir(parents=True)
    good = _SCENARIO.format("one", ".add(remote='203.0.113.5:443')") + _SCENARIO.format("two", "")
    (folder / "scenarios" / "good.py").write_text(good, "utf-8")
    (folder / "scenarios" / "exits.py").write_text("import os\nos._exit(0)\n", "utf-8")
    starts = "import subprocess\nsubprocess.Popen(['sleep', '300'], start_new_session=True)\n"
    (folder / "scenarios" / "starts.py").write_text(
        starts + _SCENARIO.format("starts", ""), "utf-8"
    )
    (folder / "necp-replay.toml").write_text('traces = "traces"\ngolden = "golden"\n', "utf-8")
    (folder / "engine.py").write_text(odd_program(_MISBEHAVING), "utf-8")
    with contextlib.chdir(folder), open(os.devnull, "w") as null, contextlib.redirect_stdout(null):
        assert main(["record", "scenarios/good.py", "-o", "traces"]) == 0
        assert main(["accept", "traces"]) == 0
        assert main(["convert", "traces/one.necptrace", "-o", "text.jsonl"]) == 0
    content = (folder / "traces" / "one.necptrace").read_bytes()
    (folder / "traces" / "damaged.necptrace").write_bytes(content[: len(content) // 2])
    (folder / "traces" / "empty.necptrace").touch()
    (folder / TRACES[4]).write_bytes(content)
    (folder / "hidden").mkdir()
    (folder / "readonly").mkdir()
    (folder / "link.necptrace").symlink_to("traces/one.necptrace")
    os.mkfifo(folder / "fifo")


_MISBEHAVING: Final = """\
what = sys.argv[1]
    if what == 'helper':
        import subprocess
        subprocess.Popen(['sh', '-c', 'trap "" TERM HUP INT; sleep 300'])
    if what == 'crash':
        import subprocess
        helper = subprocess.Popen(['sleep', '300'])
        os._exit(3)
    if what == 'leaves':
        import subprocess
        subprocess.Popen(['sh', '-c', 'sleep 300 & sleep 300'], start_new_session=True)
    if what == 'hang':
        import signal
        for number in (1, 2, 15):
            signal.signal(number, signal.SIG_IGN)
        time.sleep(300)
    if what == 'noise':
        os.write(1, os.urandom(100))
    while what == 'endless':
        os.write(1, bytes(1 << 16))"""


def complaints(project: Path, case: Case) -> Iterator[str]:
    """Run a case in a copy of a project. Gives a line for each thing that must never be."""
    with tempfile.TemporaryDirectory(prefix="fuzz-commands-") as name:
        folder = Path(name) / "project"
        shutil.copytree(project, folder, symlinks=True, ignore=shutil.ignore_patterns("fifo"))
        os.mkfifo(folder / "fifo")
        temporary = Path(name) / "temporary"
        temporary.mkdir()
        with _socket(folder), _place(folder, case.place):
            before = _files(folder)
            yield from _run(folder, temporary, case)
            yield from _written(folder, before, case)
        killed = any(number == signal.SIGKILL for number, _ in case.signals)
        if not killed and (left := [path.name for path in temporary.iterdir()]):
            yield f"left temporary files: {left}"


def _run(folder: Path, temporary: Path, case: Case) -> Iterator[str]:
    mark = f"{temporary.parent.name}-{os.getpid()}"
    own = {"TMPDIR": str(temporary), "FUZZ_MARK": mark, "PAGER": "cat"}
    env = environment({**own, **case.environment})
    words = [word.replace("@PYTHON", sys.executable) for word in case.words]
    if any("\0" in word for word in words):
        return
    with contextlib.ExitStack() as stack:
        stdin, feed = _input(folder, case.stdin)
        stdout, drain = _output(case.stdout)
        stderr, errors = _output(case.stderr)
        ready, tell_ready = os.pipe()
        process = subprocess.Popen(
            [sys.executable, "-c", _START, json.dumps([_closed(case), case.limits, tell_ready])]
            + [os.fsencode(word) for word in words],
            pass_fds=[tell_ready],
            cwd=folder,
            env=env,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
        for end in {stdin, stdout, stderr, tell_ready} - {subprocess.DEVNULL}:
            os.close(end)
        fifo = _feed_fifo(folder, process)
        works = (drain, errors, feed, fifo)
        threads = [threading.Thread(target=work, daemon=True) for work in works]
        for thread in threads:
            thread.start()
        stack.callback(_end, process)
        # Python itself may fail within these limits, before any of our code runs.
        has_begun = bool(os.read(ready, 1))
        os.close(ready)
        if has_begun:
            _send_signals(process, case)
        try:
            status = process.wait(MAX_SECONDS)
        except subprocess.TimeoutExpired:
            yield f"runs for more than {MAX_SECONDS:g} s"
            return
        for thread in threads[:2]:
            thread.join(5)
    if has_begun:
        yield from _judge(case, status, drain.content, errors.content)
    if left := survivors_later(f"FUZZ_MARK={mark}", 10):
        yield f"left processes: {left}"


_START: Final = """\
import json, os, resource, sys
closed, limits, ready = json.loads(sys.argv[1])
for name, size in limits.items():
    resource.setrlimit(getattr(resource, name), (size, size))
if os.getuid() == 0:
    import ctypes
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
for number in closed:
    os.close(number)
os.set_inheritable(ready, True)
main = f'''
import os, sys
from necp_replay.cli.main import main


class Ready:
    # A signal that comes before this would meet Python alone.
    def find_spec(self, name, path=None, target=None):
        if name == "necp_replay.cli.termination":
            sys.meta_path.remove(self)
            os.write({ready}, b"!")
            os.close({ready})


sys.meta_path.insert(0, Ready())
sys.argv[0] = "necp-replay"
sys.exit(main())
'''
os.execv(sys.executable, [sys.executable, "-B", "-c", main, *sys.argv[2:]])
"""


def _closed(case: Case) -> list[int]:
    streams = (case.stdin, case.stdout, case.stderr)
    return [number for number, stream in enumerate(streams) if stream == "closed"]


class _Drain:
    """Reads what a command prints, in a thread."""

    def __init__(self, descriptor: int | None, how: str) -> None:
        self.content = b""
        self._descriptor = descriptor
        self._how = how

    def __call__(self) -> None:
        if self._descriptor is None:
            return
        while piece := self._read(100 if self._how == "slow" else 1 << 16):
            self.content += piece
            if self._how == "leaves":
                break
            if self._how == "slow" and len(self.content) < 2000:
                time.sleep(_SLOW_S)
        os.close(self._descriptor)

    def _read(self, size: int) -> bytes:
        assert self._descriptor is not None
        try:
            return os.read(self._descriptor, size)
        except OSError:
            # The other end of the terminal is closed.
            return b""


def _output(how: str) -> tuple[int, _Drain]:
    if how == "closed":
        return subprocess.DEVNULL, _Drain(None, how)
    if how == "full":
        return os.open("/dev/full", os.O_WRONLY), _Drain(None, how)
    reader, writer = os.openpty() if how == "terminal" else os.pipe()
    return writer, _Drain(reader, how)


def _input(folder: Path, how: str) -> tuple[int, Callable[[], None]]:
    trace = (folder / "traces" / "one.necptrace").read_bytes()
    if how in ("closed", "null"):
        return subprocess.DEVNULL, lambda: None
    if how == "zeros":
        return os.open("/dev/zero", os.O_RDONLY), lambda: None
    content = {"trace": trace, "slow": trace[:400], "rubbish": os.urandom(300)}[how]
    reader, writer = os.pipe()

    def feed() -> None:
        size = 40 if how == "slow" else len(content)
        with contextlib.suppress(BrokenPipeError):
            for at in range(0, len(content), size):
                os.write(writer, content[at : at + size])
                time.sleep(_SLOW_S if how == "slow" else 0)
        os.close(writer)

    return reader, feed


def _feed_fifo(folder: Path, process: subprocess.Popen[bytes]) -> Callable[[], None]:
    """Write a trace to each reader of the FIFO, as long as the command runs."""
    content = (folder / "traces" / "one.necptrace").read_bytes()

    def feed() -> None:
        while process.poll() is None:
            time.sleep(_SLOW_S)
            # There is no reader, or none any more.
            with contextlib.suppress(OSError):
                writer = os.open(folder / "fifo", os.O_WRONLY | os.O_NONBLOCK)
                try:
                    os.write(writer, content)
                finally:
                    os.close(writer)

    return feed


def _send_signals(process: subprocess.Popen[bytes], case: Case) -> None:
    for number, wait_s in case.signals:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(wait_s)
            return
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if case.to_group else os.kill)(process.pid, number)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _judge(case: Case, status: int, out: bytes, err: bytes) -> Iterator[str]:
    said = out + err
    if any(word in said for word in _BAD_WORDS):
        yield f"prints a traceback: {said[-600:]!r}"
    allowed = {0, 1, 2, 3, 4}
    allowed |= {code for number, _ in case.signals for code in (128 + number, -number)}
    if "RLIMIT_AS" in case.limits and b"not enough memory" in said:
        allowed.add(70)
    if status not in allowed:
        yield f"ends with {status}: {said[-600:]!r}"
    command = case.words[0] if case.words else ""
    # A selection may select nothing.
    is_silent = command == "serve" or (command == "convert" and "-o" in case.words)
    is_silent = is_silent or (command == "show" and "--select" in case.words)
    if status in _VERDICTS and not is_silent:
        if case.stdout in ("closed", "full"):
            yield f"ends with {status}, though nobody can see why"
        elif case.stdout in ("pipe", "slow") and not out:
            yield f"ends with {status} without a word"
    if status == 2 and case.stderr == case.stdout == "pipe" and not said:
        yield "fails without a word"


def _files(folder: Path) -> dict[Path, bytes]:
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            found[path] = path.read_bytes()
    return found


def _written(folder: Path, before: dict[Path, bytes], case: Case) -> Iterator[str]:
    """Complain about files that are not whole."""
    killed = any(number == signal.SIGKILL for number, _ in case.signals)
    if not (folder / "link.necptrace").is_symlink():
        yield "replaced a link"
    for path, content in _files(folder).items():
        if before.get(path) == content or path.suffix == ".pyc":
            continue
        shown = str(path.relative_to(folder))
        if path.suffix == ".partial":
            if not killed:
                yield f"left {shown!a}"
        elif (why := _why_not_whole(path, content)) is not None:
            yield f"half-written {shown!a}: {why}"
    for path in before.keys() - _files(folder).keys():
        if not (path.suffix == ".golden" and "--remove-unused" in case.words):
            yield f"removed {path.relative_to(folder)}"


def _why_not_whole(path: Path, content: bytes) -> str | None:
    try:
        match path.suffix:
            case ".necptrace":
                verify_file(path)
            case ".golden":
                GoldenStore(path.parent).read(path)
            case ".json":
                json.loads(content)
            case ".jsonl":
                [json.loads(line) for line in content.splitlines()]
            case ".xml":
                ET.fromstring(content)
            case ".html" if not content.rstrip().endswith(b"</html>"):
                return "no end"
    except (NecpReplayError, ValueError, ET.ParseError) as error:
        return str(error)
    return None


@contextlib.contextmanager
def _socket(folder: Path) -> Iterator[None]:
    with socket.socket(socket.AF_UNIX) as server, contextlib.chdir(folder):
        server.bind("socket")
        yield


@contextlib.contextmanager
def _place(folder: Path, place: str) -> Iterator[None]:
    """Make some folders unreadable, all of them unwritable, or the file system tiny."""
    (folder / "hidden").chmod(0)
    (folder / "readonly").chmod(0o555)
    mounted = place == "tiny" and _mount_tiny(folder)
    folders = [folder, folder / "traces", folder / "golden"] if place == "readonly" else []
    for each in folders:
        each.chmod(0o555)
    try:
        yield
    finally:
        for each in (*folders, folder / "hidden", folder / "readonly"):
            each.chmod(0o755)
        if mounted:
            subprocess.run(["umount", "-l", str(folder / "golden")], check=False)


def can_mount() -> bool:
    """Whether this user can make a tiny file system."""
    return os.getuid() == 0 and sys.platform == "linux" and shutil.which("mount") is not None


def _mount_tiny(folder: Path) -> bool:
    if not can_mount():
        return False
    target = folder / "golden"
    kept = {path: path.read_bytes() for path in target.iterdir()}
    # One inode is the folder's, and one more file fits.
    options = f"size={_TINY_BYTES},nr_inodes={len(kept) + 2}"
    words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(target)]
    if subprocess.run(words, capture_output=True, check=False).returncode != 0:
        return False
    for path, content in kept.items():
        path.write_bytes(content)
    return True

"""Writes the Python code of the schemas, and checks that what is checked in is still that.

    python schemas/generate.py           write necp_replay/trace/pb/ from schemas/*.proto
    python schemas/generate.py --check   exit 1, naming the files, when it is stale

Each schema is compiled under the path of the package it ends up in. So the generated modules
import each other by full name, messages can be pickled, and in protobuf's process-wide table of
schemas our `trace.proto` cannot collide with somebody else's.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = "necp_replay/trace/pb"
PACKAGE_DOCSTRING = '"""Code generated from the schemas by schemas/generate.py; never edited."""\n'


def main(arguments: list[str] | None = None) -> int:
    """Write or check the generated code; returns 0 if done, 1 if stale, 2 if it cannot run."""
    options = _parse(arguments)
    generated = generate(options.schemas)
    if not generated:
        print(f"{options.schemas}: the schemas could not be compiled", file=sys.stderr)
        return 2
    if not options.check:
        write(generated, options.output)
        return 0
    stale = stale_files(generated, options.output)
    for complaint in stale:
        print(complaint, file=sys.stderr)
    if stale:
        print("Run `make schemas` and commit what it writes.", file=sys.stderr)
    return 1 if stale else 0


def generate(schemas: Path) -> dict[str, str]:
    """Compile every schema of a folder; returns file name -> text, empty if that failed."""
    names = sorted(path.name for path in schemas.glob("*.proto"))
    if not names:
        print(f"{schemas}: no .proto files here", file=sys.stderr)
        return {}
    with tempfile.TemporaryDirectory() as folder:
        staged, output = Path(folder, "schemas"), Path(folder, "output")
        (staged / PACKAGE).mkdir(parents=True)
        output.mkdir()
        for name in names:
            text = (schemas / name).read_text(encoding="utf-8")
            (staged / PACKAGE / name).write_text(_with_full_imports(text, names), encoding="utf-8")
        command = [sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={staged}"]
        command += [f"--python_out={output}", f"--pyi_out={output}"]
        command += [f"{PACKAGE}/{name}" for name in names]
        if subprocess.run(command, check=False).returncode != 0:
            return {}
        generated = {
            path.name: path.read_text(encoding="utf-8") for path in (output / PACKAGE).iterdir()
        }
    return {"__init__.py": PACKAGE_DOCSTRING, **dict(sorted(generated.items()))}


def write(generated: dict[str, str], output: Path) -> None:
    """Make a folder hold exactly the generated code."""
    output.mkdir(parents=True, exist_ok=True)
    for path in _present(output):
        if path.name not in generated:
            path.unlink()
    for name, text in generated.items():
        (output / name).write_text(text, encoding="utf-8", newline="\n")


def stale_files(generated: dict[str, str], output: Path) -> list[str]:
    """Return a complaint for each file that is missing, out of date or left over."""
    complaints = []
    for name, text in generated.items():
        path = output / name
        if not path.exists():
            complaints.append(f"{path}: missing")
        elif path.read_text(encoding="utf-8") != text:
            complaints.append(f"{path}: not what the schemas say")
    for path in _present(output):
        if path.name not in generated:
            complaints.append(f"{path}: belongs to no schema")
    return complaints


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when stale")
    parser.add_argument("--schemas", type=Path, default=REPOSITORY / "schemas", metavar="DIR")
    parser.add_argument("--output", type=Path, default=REPOSITORY / PACKAGE, metavar="DIR")
    return parser.parse_args(arguments)


def _with_full_imports(text: str, names: list[str]) -> str:
    """Let a schema import its neighbours under the path they are compiled as."""
    neighbours = "|".join(re.escape(name) for name in names)
    pattern = rf'^(\s*import\s+(?:public\s+)?")({neighbours})"'
    return re.sub(pattern, rf'\g<1>{PACKAGE}/\g<2>"', text, flags=re.MULTILINE)


def _present(output: Path) -> list[Path]:
    return sorted([*output.glob("*_pb2.py"), *output.glob("*_pb2.pyi")])


if __name__ == "__main__":
    sys.exit(main())

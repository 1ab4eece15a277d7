"""Checks that no schema ever changes in a way that would make old traces unreadable.

    python schemas/check_compatibility.py            exit 1, naming what broke or is unrecorded
    python schemas/check_compatibility.py --update   record additions in schemas/baseline.json

The baseline remembers every field and enum value there has ever been: number, name, type, label.
None of them may change. A field may go only if its number is reserved; its number and its name
are remembered for good, so that neither is ever used for something else. `--update` only adds.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorSet,
)

SCHEMAS = Path(__file__).resolve().parent

# What stands at a number: a field's name, type, label and oneof, or an enum value's name.
Entry = dict[str, str]
Numbers = dict[int, Entry]


@dataclass
class Shape:
    """Every message and enum of a set of schemas, by full name."""

    messages: dict[str, Numbers] = field(default_factory=dict)
    enums: dict[str, Numbers] = field(default_factory=dict)
    reserved: dict[str, list[range]] = field(default_factory=dict)
    """The numbers given up on purpose; not part of the baseline, which remembers them anyway."""


@dataclass
class Comparison:
    """What changed since the baseline, as sentences."""

    broken: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)


def main(arguments: list[str] | None = None) -> int:
    """Check or update; returns 0 if compatible, 1 if not or unrecorded, 2 if it cannot run."""
    options = _parse(arguments)
    current = read_schemas(options.schemas)
    if current is None:
        return 2
    baseline_file = options.baseline or options.schemas / "baseline.json"
    baseline = read_baseline(baseline_file) if baseline_file.exists() else Shape()
    found = compare(baseline, current)
    for complaint in found.broken:
        print(complaint, file=sys.stderr)
    if found.broken:
        print("Old traces could not be read. Use a new number and a new name.", file=sys.stderr)
        return 1
    if options.update:
        baseline_file.write_text(as_json(merge(baseline, current)), encoding="utf-8", newline="\n")
        return 0
    for addition in found.added:
        print(f"{addition}: not in {baseline_file.name} yet", file=sys.stderr)
    if found.added:
        print("Run `make schemas` and commit what it writes.", file=sys.stderr)
    return 1 if found.added else 0


def read_schemas(schemas: Path) -> Shape | None:
    """Compile every schema of a folder; None, with the reason on stderr, if that failed."""
    names = sorted(path.name for path in schemas.glob("*.proto"))
    if not names:
        print(f"{schemas}: no .proto files here", file=sys.stderr)
        return None
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "descriptors")
        command = [sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={schemas}"]
        command += [f"--descriptor_set_out={output}", *names]
        if subprocess.run(command, check=False).returncode != 0:
            return None
        return shape_of(FileDescriptorSet.FromString(output.read_bytes()))


def shape_of(files: FileDescriptorSet) -> Shape:
    """Describe a compiled set of schemas."""
    shape = Shape()
    for file in files.file:
        _add_messages(shape, file.package, file.message_type)
        _add_enums(shape, file.package, file.enum_type)
    return shape


def read_baseline(file: Path) -> Shape:
    """Read what `as_json` wrote."""
    written = json.loads(file.read_text(encoding="utf-8"))
    return Shape(
        messages=_with_numeric_keys(written["messages"]),
        enums=_with_numeric_keys(written["enums"]),
    )


def as_json(shape: Shape) -> str:
    """Write a shape with one line per field, so that an addition is an added line."""
    kinds = (("messages", shape.messages), ("enums", shape.enums))
    return "{\n" + ",\n".join(_kind_as_json(*kind) for kind in kinds) + "\n}\n"


def compare(baseline: Shape, current: Shape) -> Comparison:
    """Find what a reader of old traces would trip over, and what the baseline does not know."""
    found = Comparison()
    kinds = (
        ("message", "field", baseline.messages, current.messages),
        ("enum", "value", baseline.enums, current.enums),
    )
    for kind, part, before, now in kinds:
        for name, numbers in before.items():
            if name not in now:
                found.broken.append(f"{kind} {name}: gone")
                continue
            reserved = current.reserved.get(name, [])
            found.broken += _broken(f"{name}: {part}", numbers, now[name], reserved)
        for name, numbers in now.items():
            if name not in before:
                found.added.append(f"{kind} {name}")
                continue
            new = sorted(numbers.keys() - before[name].keys())
            found.added += [f"{name}: {part} {number}" for number in new]
    return found


def merge(baseline: Shape, current: Shape) -> Shape:
    """Add what is new to the baseline; what it remembers stays as it is."""
    return Shape(
        messages=_merged(baseline.messages, current.messages),
        enums=_merged(baseline.enums, current.enums),
    )


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--update", action="store_true", help="record additions")
    parser.add_argument("--schemas", type=Path, default=SCHEMAS, metavar="DIR")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="default: DIR/baseline.json")
    return parser.parse_args(arguments)


def _add_messages(shape: Shape, scope: str, messages: Iterable[DescriptorProto]) -> None:
    for message in messages:
        name = f"{scope}.{message.name}"
        shape.messages[name] = {each.number: _describe(each, message) for each in message.field}
        # A message's reserved range excludes its end; an enum's includes it.
        shape.reserved[name] = [range(each.start, each.end) for each in message.reserved_range]
        _add_messages(shape, name, message.nested_type)
        _add_enums(shape, name, message.enum_type)


def _add_enums(shape: Shape, scope: str, enums: Iterable[EnumDescriptorProto]) -> None:
    for enum in enums:
        name = f"{scope}.{enum.name}"
        shape.enums[name] = {each.number: {"name": each.name} for each in enum.value}
        shape.reserved[name] = [range(each.start, each.end + 1) for each in enum.reserved_range]


def _describe(entry: FieldDescriptorProto, message: DescriptorProto) -> Entry:
    scalar = FieldDescriptorProto.Type.Name(entry.type).removeprefix("TYPE_").lower()
    label = FieldDescriptorProto.Label.Name(entry.label).removeprefix("LABEL_").lower()
    if label == "optional" and not entry.proto3_optional:
        label = "singular"
    described = {
        "name": entry.name,
        "type": entry.type_name.removeprefix(".") or scalar,
        "label": label,
    }
    if entry.HasField("oneof_index") and not entry.proto3_optional:
        described["oneof"] = message.oneof_decl[entry.oneof_index].name
    return described


def _broken(place: str, before: Numbers, now: Numbers, reserved: Sequence[range]) -> Iterable[str]:
    for number, entry in before.items():
        if number not in now:
            if not any(number in numbers for numbers in reserved):
                yield f"{place} {number} ({entry['name']}): gone, and its number is not reserved"
            continue
        for key in sorted(entry.keys() | now[number].keys()):
            old, new = entry.get(key, "none"), now[number].get(key, "none")
            if old != new:
                yield f"{place} {number} ({entry['name']}): {key} was {old}, is {new}"
    first_numbers = {entry["name"]: number for number, entry in before.items()}
    for number, entry in now.items():
        first = first_numbers.get(entry["name"], number)
        if first != number:
            yield f"{place} {number} ({entry['name']}): this name belongs to {first}"


def _with_numeric_keys(written: dict[str, dict[str, Entry]]) -> dict[str, Numbers]:
    return {
        name: {int(number): entry for number, entry in numbers.items()}
        for name, numbers in written.items()
    }


def _kind_as_json(kind: str, shapes: dict[str, Numbers]) -> str:
    blocks = []
    for name, numbers in sorted(shapes.items()):
        rows = [f'   "{number}": {json.dumps(entry)}' for number, entry in sorted(numbers.items())]
        blocks.append(f"  {json.dumps(name)}: {{\n" + ",\n".join(rows) + "\n  }")
    return f' "{kind}": {{\n' + ",\n".join(blocks) + "\n }"


def _merged(baseline: dict[str, Numbers], current: dict[str, Numbers]) -> dict[str, Numbers]:
    names = baseline.keys() | current.keys()
    return {name: current.get(name, {}) | baseline.get(name, {}) for name in names}


if __name__ == "__main__":
    sys.exit(main())

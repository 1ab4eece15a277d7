"""Prints docs/json.md and the files in schemas/json/ (`make schemas`).

Both are made of the types that declare the outputs. A test fails when they are stale.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from necp_replay.report.json_schemas import JSON_OUTPUTS, json_schema

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "json.md"
FILES: Final = ROOT / "schemas" / "json"
_OPENING: Final = """\
# JSON output

Commands that print something for people print the same for machines with `--format json`. `show`
and `grep` print one object in each line, and so does `explain --select`. `convert` prints a trace
as JSON lines without any option.

Each output has a JSON Schema of [draft 2020-12](https://json-schema.org/draft/2020-12). It is made
of the type that declares the output in the code, and tests hold it against what commands print:

```
necp-replay schema           # lists the schemas
necp-replay schema replay    # prints one
```

The schemas are files too: `schemas/json/` in a checkout, `share/necp-replay/schemas/json/` where
the package is installed.

What is wrong is on standard error, and the exit status is 2. A command for one trace prints nothing
on standard output then. A command for many prints its whole output, which has the files that could
be read; those that could not are in it too, or in its `errors`. Where each line is an object, the
lines before the error are printed, each of them whole. A wrong option is told before anything is
printed.

## Commands without

| command | why it has no `--format json` |
|---|---|
| `review` | It asks about each difference. `accept --dry-run` tells what would change. |
| `demo` | It runs other commands and shows what they print. |
| `record --watch` | It never ends. |
| `capture` | Standard output is that of the program that it runs. `info` describes the trace. |
| `convert` | What it prints is JSON lines already, or a trace. |
| `completion` | It prints a script for a shell. |
| `serve`, `live` | Standard output has the messages of the engine protocol. |

## What is promised

- Every output has `schema_version`, which is 1. The header that `convert` writes has `necptrace`
  instead, which is 1, and its records have neither.
- Within a version no member is removed, and none changes its name, type or meaning. Members and
  values of enumerations can be added. A program that reads outputs ignores members that it does not
  know.
- The schema of a version of the package is exact for that version: it allows no other members. To
  notice what was added, validate with the schema of an older version.
- Texts are for people and can change at any time: `title`, `because`, `reason`, `hint`.
- Control characters in texts from traces are escaped. Each byte of a file's name that is not UTF-8
  has an escape.
- The members of an object have no order.

## The outputs

| schema | printed by | what it is |
|---|---|---|
"""


def page() -> str:
    """The text of the page."""
    parts = [_OPENING.rstrip("\n")]
    parts += (
        f"| [`{name}`](#{name}) | `{output.command}` | {output.title}"
        f"{', in each line' if output.is_lines else ''} |"
        for name, output in JSON_OUTPUTS.items()
    )
    shown: set[str] = set()
    for name in JSON_OUTPUTS:
        parts.append(f"\n## {name}\n")
        parts += _objects(name, shown)
    return "\n".join(parts) + "\n"


def files() -> dict[str, str]:
    """The text of each file in schemas/json/, by its name."""
    return {
        f"{name}.schema.json": json.dumps(json_schema(name), indent=1) + "\n"
        for name in JSON_OUTPUTS
    }


def _objects(name: str, shown: set[str]) -> Iterator[str]:
    """The objects of an output that have descriptions, but for those that were shown before."""
    definitions = json_schema(name)["$defs"]
    described = {key: each for key, each in definitions.items() if "description" in each}
    if not described:
        yield "A header ([using.md](using.md)), then records ([traces.md](traces.md))."
    for key in sorted(described, key=lambda key: (not _is_root(key), key)):
        if key in shown:
            yield f"`{key}`: see above."
            continue
        shown.add(key)
        schema = described[key]
        yield f"`{key}`: {_flat(schema['description'])}\n"
        yield "| member | type |"
        yield "|---|---|"
        for member, type_ in schema["properties"].items():
            optional = "" if member in schema["required"] else ", if there is one"
            yield f"| `{member}` | {_type(type_)}{optional} |"
        yield ""


def _is_root(key: str) -> bool:
    return key.endswith("Document") or key == "RecordExplanation"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _type(schema: dict[str, Any]) -> str:
    """A type in a few words."""
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    kind = schema.get("type")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        return f"list of {_type(schema['items'])}"
    if kind == "object":
        return f"object of {_type(schema['additionalProperties'])}"
    return str(kind)


if __name__ == "__main__":
    FILES.mkdir(exist_ok=True)
    for old in FILES.glob("*.schema.json"):
        old.unlink()
    for file_name, text in files().items():
        (FILES / file_name).write_text(text, "utf-8")
    PAGE.write_text(page(), "utf-8")

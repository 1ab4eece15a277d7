"""The rules of a project: which differences it expects, and why.

A project keeps one reviewed file, `necp-replay.toml` (docs/rules.md). This package reads it,
checks it, and answers which rules match a difference. What a matching rule does to the difference
is decided where differences are collected, in `diff`.

Start with `rule.py`, the class of one rule. `project.py` finds and reads the file, `table.py` turns
one table of it into a rule, and `book.py` selects the rules for one trace.

    project = read_project(Path("necp-replay.toml"))
    book = RuleBook(project.rules, today=date.today())
    rules = book.for_replay("client/remove", "xnu-4570.51.1")

May import: `releases` (the names of facts) and the layers and field differences of outcomes.
"""

"""The rules of a project: which differences it expects, and why.

A project keeps one reviewed file, `necp-replay.toml` (docs/goldens-and-rules.md). This package
reads and checks it, applies its rules to the differences of a trace, and judges after a run which
rules are unused.

Start with `rule.py`, the class of one rule. `project.py` finds and reads the file, `table.py` turns
one table of it into a rule, `book.py` selects the rules for one trace, `apply.py` applies them to a
difference, and `status.py` judges them at the end of a run.

    project = read_project(Path("necp-replay.toml"))
    book = RuleBook(project.rules, today=date.today())
    applied = apply_rules(book.for_replay("client/remove", "xnu-4570.51.1"), difference)

May import: `releases` (the names of facts), `outcomes` (differences and reports of traces), `trace`
and `files`.
"""

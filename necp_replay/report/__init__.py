"""Results as text for people, and as JSON, JUnit, Markdown and HTML for programs.

A module here turns objects of other packages into text. It computes no results and opens no files,
except for the sources of the HTML page. `cli` and `pytest_plugin` print the text. Text from traces
is escaped, so that no control character reaches a terminal.

Start with `replay_text.py`, the text report of `necp-replay replay`. It uses `groups_text.py` for
kinds of difference, `difference_text.py` for one difference and `fields_text.py` for its fields.
`headline.py` and `failure_text.py` describe one failing trace, for pytest, JUnit and GitHub.
`next_steps.py` writes the last lines. `html/` is the page. `table.py` lays out every table.

    run = RunReport("replay", "expected", "replayed", reports)
    print(replay_text(run, style_for(sys.stdout)))

May import: the packages whose results it shows. These are all but `cli`, `pytest_plugin`, `golden`,
`project`, `scenario` and `generate`.
"""

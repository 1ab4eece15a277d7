"""The project that traces belong to: which one it is, and what their goldens and rules are.

A trace belongs to the project above it. Every command and the pytest plugin ask here, so all of
them find the same traces under the same names, with the same goldens and rules.

Start with `gather.py`: traces below paths, with their project. `above.py` says which project lies
above a trace, and `home.py` which folders and rules a project has.

    gathered = gather([Path("traces")], HomeOptions())
    goldens = GoldenStore(gathered.home_or_refuse().goldens)

May import: `rules`, `trace` and `files`.
"""

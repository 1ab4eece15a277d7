"""A project to begin with: its files, and a tour that shows a failing replay and its explanation.

``necp-replay init`` writes the files, ``necp-replay demo`` also goes through the tour. The files
are templates in ``files/``; ``project.py`` says where each belongs, ``tour.py`` what the tour does.

It may import how files are written. Start at ``project.py``::

    written = write_project(Path("my-traces"))
"""

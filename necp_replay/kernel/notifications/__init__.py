"""What the rest of the kernel calls in the client subsystem, one file for each notification.

A file has the handler, then its description and quirks. ``handle.py`` finds the handler of an
input, and ``find_fd.py`` the open file that a notification is about.

Handlers may import every part of the kernel but ``client_actions`` and ``session_actions``. Start
reading at ``background.py``, the handler of an input such as::

    FdBackground(pid=100, fd=3, background=True)
"""

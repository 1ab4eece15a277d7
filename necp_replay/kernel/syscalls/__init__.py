"""System calls of the subsystem, and the operations of its file descriptors.

A file has the handler of a call, then its description and quirks. ``handle.py`` finds the handler
of an input, and ``fd_table.py`` the open file of an fd.

Any part of the kernel may import ``fd_table.py`` and ``close.py``; only the machine and the lists
of descriptions import the rest. Start reading at ``necp_client_action.py``, which finds the fd,
looks up the action, and calls its handler::

    necp_fd = process.files.get(event.fd)
    description = CLIENT_ACTIONS.get(action)
    description.handler(kernel, necp_fd, call)
"""

"""The actions of ``necp_client_action``, one file for each.

A file has the handler, then the description and the quirks of the action. Handlers go in the same
order: refuse bad arguments, find the client, answer, remember. ``client_call.py`` has the
arguments, ``copy.py`` what is common to the three actions that copy a client, and ``table.py``
every action by its number.

Handlers may import every part of the kernel but ``syscalls``, which looks the actions up and calls
them. Start reading at ``copy_parameters.py``, the shortest::

    client = find_named(kernel, necp_fd, read_client_id(kernel, call))
    if call.buffer_bytes < len(client.parameters):
        raise SyscallError(Errno.EINVAL)
    copyout(kernel, call.buffer, client.parameters, "necp_client_copy_internal")
    return len(client.parameters)
"""

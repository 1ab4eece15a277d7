"""Structures of the kernel, one for each file, and other records without behaviour of their own.

A class says which structure it stands for. Fields keep the kernel's names where the field is the
kernel's, so that a snapshot can be compared with a debugger's view. Lists have the list head first.

Objects import only the layouts and constants of ``abi``, each other, and ``kernel/exceptions.py``.
Start reading at ``client.py``::

    client = Client(client_id, parameters, proc_pid)
    client.result[: client.result_length]
"""

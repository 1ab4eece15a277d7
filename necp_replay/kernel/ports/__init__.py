"""Ports that listeners reserve: the tables of reserved ports, and reserving one for a client.

``listener.py`` is the place to start reading. ADD calls it, and ``clients/destroy.py`` gives a port
back. ``namespaces.py`` holds what is reserved.

Imports the state, the objects and the parser of parameters. The state imports the tables. The
handler of ADD reserves a port with::

    reserve_port(kernel, client, parsed, "necp_client_add")
"""

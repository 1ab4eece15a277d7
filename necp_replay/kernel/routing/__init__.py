"""The routing table: which route an address takes, from any interface or from a given one.

``table.py`` is the place to start reading. It holds the routes and looks them up.
``route_change.py`` adds and deletes routes as ``rtrequest`` does, and ``handle.py`` applies the
inputs ``route_add``, ``route_update`` and ``route_delete``.

The model has the routes that a trace adds and no others: it clones none, and none expires.

The package imports ``abi``, ``events``, the state and the objects, the table of interfaces and the
update timer. The state imports the table; policies import look-ups.

    >>> from necp_replay.kernel.interfaces.table import InterfaceTable
    >>> from necp_replay.kernel.routing.table import RouteTable
    >>> from necp_replay.releases.xnu_4570 import XNU_4570_51_1
    >>> routes = RouteTable(InterfaceTable(), XNU_4570_51_1.profile)
    >>> print(routes.lookup_scoped(bytes([16, 2, 0, 0, 192, 0, 2, 1]).ljust(16, b"\\0"), 0))
    None
"""

"""The declarations of all facts, one module for each theme.

Each module holds one dataclass, and ``releases/profile.py`` joins them into the profile. The
default of a field is the value in the oldest modelled release. Start with the theme that you look
for: the names of the modules are those of the kernel's packages. Modules import only
``releases/fact.py`` and constants of ``abi``. Whoever wants to know what a fact does searches the
kernel for its name::

    if kernel.profile.remove_unknown_client_is_error:
        ...
"""

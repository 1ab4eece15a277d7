"""The declarations of all facts, one module for each theme.

Each module holds one dataclass, and ``releases/profile.py`` joins them into the profile. The
default of a field is the value in the oldest modelled release.
"""

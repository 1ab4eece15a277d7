"""The libraries that traces are read with, as reports of faults need them."""

from __future__ import annotations

import google.protobuf
import lz4
from google.protobuf.internal import api_implementation


def library_versions() -> dict[str, str]:
    """The version of each library; that of protobuf with its backend, such as ``upb``."""
    return {
        "protobuf": f"{google.protobuf.__version__} ({api_implementation.Type()})",
        "lz4": str(lz4.__version__),
    }

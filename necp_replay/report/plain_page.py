"""An HTML page without scripts, for reports that are only read.

A Content-Security-Policy allows nothing but the style of the page. What the page shows may come
from strangers: whoever makes the body escapes it.
"""

from __future__ import annotations

import base64
import hashlib


def plain_page(title: str, style: str, body: str) -> str:
    """The whole page. ``title`` and ``style`` are the tool's own, ``body`` is escaped already."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""

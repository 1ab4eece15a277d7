"""The routing table: routes, scoped look-ups and their changes."""

"""Importers: they make traces from what other tools measured or recorded.

They may import `abi`, `events`, `trace` and `files`, but not the engine: a trace holds what was
measured, whatever the engine would do. Start with `vectors.import_vectors`.

    import_vectors([Path("vectors.tar.xz")], Path("traces/measured"))
"""

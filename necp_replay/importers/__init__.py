"""Importers: they make traces from what other tools measured or recorded.

`vectors` reads what was measured on the real code. Every other format (`formats` is their table) is
read into calls as the tool saw them (`seen_call`), which `records` turns into records of a trace.

They may import `abi`, `events`, `trace` and `files`, but not the engine: a trace holds what was
measured, not what the engine would do. Start with `import_file.import_file`.

    import_file(Path("dtruss.txt"), Path("field/dtruss.necptrace"), "xnu-6153.101.6")
"""

"""Trace files: reading, writing and recovering them, and the messages of external engines.

This is the only package that knows protobuf and LZ4. It may import `abi`, `events` and `files`.
docs/traces.md describes the bytes, schemas/*.proto the messages.

Start with `reader.TraceReader` and `writer.TraceWriter`. Below them are three layers: `frames` (the
LZ4 frames of the file), `index` and `header` (what stands around the records), and `record_codec`
(one record from its bytes to events and back). `scan` and `recovery` read damaged files.

    with TraceReader(Path("a.necptrace")) as reader:
        for number, step, outcome in reader:
            print(number, step.input, outcome)
"""

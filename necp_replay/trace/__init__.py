"""The trace file: bytes to events and back; the only package that knows protobuf and LZ4."""

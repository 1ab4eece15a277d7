"""Where a trace meets an engine: outcomes replayed, rendered, and compared with those recorded."""

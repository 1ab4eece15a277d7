"""A client's result, rebuilt in place whenever the world may have changed."""

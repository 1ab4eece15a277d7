"""The engine: a sans-I/O model of NECP. One door, ``Machine.submit``; one window, ``snapshot``."""

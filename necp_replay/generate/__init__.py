"""Random but meaningful traces: valid and hostile calls on a world that the generator believes in.

What is generated depends on the seed and on :data:`VERSION` alone, never on what an engine answers,
so a trace of one seed is the same for ever. Whatever changes the inputs of a seed raises VERSION.
"""

from typing import Final

VERSION: Final = 2
"""Part of every seed: another version generates other traces."""

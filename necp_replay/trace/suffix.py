"""How the name of a trace file ends. Commands know it before anything reads a trace."""

from typing import Final

TRACE_SUFFIX: Final = ".necptrace"

"""``python -m necp_replay``: the same as the command ``necp-replay``."""

import sys

from necp_replay.cli.main import main

if __name__ == "__main__":
    sys.exit(main())

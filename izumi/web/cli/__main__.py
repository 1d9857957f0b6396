"""``python -m izumi.web.cli``."""

from __future__ import annotations

import sys

from izumi.web.cli import main

if __name__ == "__main__":
    sys.exit(main())

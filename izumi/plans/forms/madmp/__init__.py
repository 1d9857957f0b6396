"""Machine-actionable data management plans: RDA DMP Common Standard 1.2 as JSON, both ways.

A plan that was read and not changed is written back exactly as it stood. Source: rda-madmp-1.2.
"""

from __future__ import annotations

from izumi.plans.forms.madmp.reading import detect, read
from izumi.plans.forms.madmp.writing import losses, write

__all__ = ["detect", "losses", "read", "write"]

"""Cases of the review desk and what was decided."""

from __future__ import annotations

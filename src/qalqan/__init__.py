"""Qalqan finds known terrorist content when it comes back, and says why.

The package is laid out as the way a thing takes through it; `docs/design.md` walks it room by room.
"""

__version__ = "0.1.0"

"""Second factors, tokens for programs."""

from __future__ import annotations

"""Settings of protection, and time spent on what is hard to look at."""

from __future__ import annotations

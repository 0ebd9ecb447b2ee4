"""Appeals, blind re-reviews, golden cases, policies in the shadow."""

from __future__ import annotations

"""Parts of a machine that some tests need: named where they are missing, demanded where they must be there."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

REQUIRE = "QALQAN_TEST_REQUIRE"
"""Parts that must be there, by comma: a test that lacks one of them then fails instead of being skipped."""


def missing(part: str, remedy: str) -> NoReturn:
    """Skip the running test with a reason that names the part and the command that brings it."""
    reason = f"{part} is not installed: {remedy}"
    demanded = {name.strip().casefold() for name in os.environ.get(REQUIRE, "").split(",")}
    if part.casefold() in demanded:
        pytest.fail(f"{reason} ({REQUIRE} demands it)", pytrace=False)
    pytest.skip(reason)

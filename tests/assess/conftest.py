"""What the tests of weighing share."""

from __future__ import annotations

import pytest

from qalqan.assess.policy import Policy, read_policy


@pytest.fixture(scope="session")
def policy() -> Policy:
    """Read the built-in policy."""
    return read_policy()

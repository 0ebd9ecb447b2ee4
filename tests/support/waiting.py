"""Waits until another process has come so far."""

from __future__ import annotations

import time

import pytest

from qalqan.app import opened
from qalqan.settings import Settings
from qalqan.store import scans

WAIT_SECONDS = 120.0


def until_walked(settings: Settings, batches: int) -> None:
    """Wait until the newest scan has walked so many batches."""
    end = time.monotonic() + WAIT_SECONDS
    with opened(settings) as services:
        while time.monotonic() < end:
            with services.store.reading() as tx:
                found = scans.newest(tx, 1)
                if found and scans.progress(tx, found[0].id).batches_done >= batches:
                    return
            time.sleep(0.05)
    pytest.fail("the scan did not come so far")

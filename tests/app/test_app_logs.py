"""The form of the log."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import structlog

from qalqan import logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the log as it was."""
    yield
    structlog.reset_defaults()


def test_a_line_for_machines_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    """With its level, its time in UTC, and what it says."""
    logs.configure(as_json=True)
    structlog.get_logger().warning("scan.slow", seconds=9, name="Кўл")
    said = json.loads(capsys.readouterr().err)
    assert (said["event"], said["level"], said["seconds"], said["name"]) == ("scan.slow", "warning", 9, "Кўл")
    assert said["timestamp"].endswith("Z")


@pytest.mark.parametrize("as_json", [True, False])
def test_tracebacks_do_not_show_values(capsys: pytest.CaptureFixture[str], *, as_json: bool) -> None:
    """What a variable held when something broke may be evidence, and stays out of the log."""
    logs.configure(as_json=as_json)
    evidence = "what somebody wrote"
    try:
        int(evidence[:0])
    except ValueError:
        structlog.get_logger().exception("web.failed")
    said = capsys.readouterr().err
    assert "ValueError: invalid literal" in said
    assert said.count("what somebody wrote") == 0

"""The words of the project: every record of `model/`."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import FrozenInstanceError, fields, is_dataclass
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qalqan import model
from qalqan.model.drafts import Draft, FileDraft
from qalqan.model.film import Seen, Track
from qalqan.model.ids import new_id
from qalqan.model.local import Local
from qalqan.model.sound import Sound
from qalqan.model.times import from_unix, now
from support.strategies import records


def _every_record() -> list[type]:
    modules = [importlib.import_module(f"qalqan.model.{one.name}") for one in pkgutil.iter_modules(model.__path__)]
    found = {thing for module in modules for thing in vars(module).values() if is_dataclass(thing)}
    return sorted((one for one in found if isinstance(one, type)), key=lambda one: one.__name__)


RECORDS = _every_record()
# A draft holds open files: it never leaves the process that made it. What holds arrays has a packed form of its own.
KEPT = [one for one in RECORDS if one not in (Draft, FileDraft, Local, Seen, Sound, Track)]


def test_there_are_records() -> None:
    """The list that the other tests go through is not empty by mistake."""
    assert {"Item", "Signal", "BankEntry", "Match", "Assessment", "Decision"} <= {one.__name__ for one in RECORDS}


@pytest.mark.parametrize("kind", RECORDS)
def test_a_record_is_slotted_and_documented(kind: type) -> None:
    """A record has its declared fields and no others, and says what it is."""
    assert set(kind.__slots__) == {field.name for field in fields(kind)}  # type: ignore[attr-defined]
    assert kind.__doc__
    assert not kind.__doc__.startswith(f"{kind.__name__}(")


@pytest.mark.parametrize("kind", KEPT)
@given(data=st.data())
def test_a_record_is_never_changed(kind: type, data: st.DataObject) -> None:
    """Each field of a record refuses to be set again."""
    record = data.draw(records(kind))
    for field in fields(record):
        with pytest.raises(FrozenInstanceError):
            setattr(record, field.name, None)


@pytest.mark.parametrize("kind", KEPT)
@given(data=st.data())
def test_a_record_survives_json(kind: type[Any], data: st.DataObject) -> None:
    """A record written as JSON is read back as the same record."""
    record = data.draw(records(kind))
    assert msgspec.json.decode(msgspec.json.encode(record), type=kind) == record


def test_ids_sort_by_the_time_they_were_made() -> None:
    """A later id is greater, also within one millisecond, and no two are alike."""
    made = [new_id() for _ in range(5000)]
    assert all(earlier < later for earlier, later in pairwise(made))


def test_ids_are_canonical_uuids_of_version_7() -> None:
    """An id has 36 characters and says its version."""
    made = new_id()
    assert len(made) == 36
    assert made[14] == "7"


def test_now_is_aware() -> None:
    """The present moment knows that it is UTC."""
    assert str(now().tzinfo) == "UTC"


@given(st.floats() | st.integers())
def test_any_number_is_a_moment_or_none(seconds: float) -> None:
    """No number of seconds from outside raises an error."""
    moment = from_unix(seconds)
    assert moment is None or abs(moment.timestamp() - seconds) < 1e-3

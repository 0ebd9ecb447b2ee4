"""What a platform hands in comes to the desk as what was scanned does: read, compared, weighed, its copies with it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from qalqan.errors import BadValue
from qalqan.flow import deciding, holding
from qalqan.flow.services import Services
from qalqan.flow.uploads import LONGEST_WORD, Upload, hand_in_upload
from qalqan.flow.way import Way
from qalqan.model.cases import CaseState
from qalqan.model.ids import Id
from qalqan.model.people import Person
from qalqan.store import cases, items, scans
from support import reviewing
from support.small import TEXT, Small, jpeg, picture
from support.walking import fill_bank

PLATFORM = "lake.example"
POST = Upload(PLATFORM, "post/17", "Tea is served at four.")


@pytest.fixture
def people(services: Services) -> dict[str, Person]:
    """Add people, a bank and a webhook."""
    return reviewing.furnish(services.store)


def walk_what_waits(services: Services) -> None:
    """Walk all that was handed in."""
    walker = Way(services)
    with services.store.reading() as tx:
        waiting = scans.waiting_batches(tx, 100)
    for batch in waiting:
        walker.read(batch.id)
        walker.compare_and_weigh(batch.id)
    walker.close()


def how_many(services: Services) -> int:
    """Return how many items there are."""
    with services.store.reading() as tx:
        return len(items.ids_after(tx, None, 1_000))


def test_copies_of_a_known_picture_come_into_one_case(
    services: Services, people: dict[str, Person], small: Small, tmp_path: Path
) -> None:
    """Each handed in by itself; a third that comes after the decision brings the case back."""
    fill_bank(services, small)

    def hand_in(number: int) -> Id:
        path = tmp_path / f"{number}.jpg"
        path.write_bytes(jpeg(picture(0), 60 + number))
        upload = Upload(PLATFORM, f"post/{number}", path=path, name=path.name)
        item_id, new = hand_in_upload(services, upload, "lake")
        assert new
        walk_what_waits(services)
        return item_id

    one, other = hand_in(1), hand_in(2)
    case_id = reviewing.case_of(services.store, one)
    assert reviewing.case_of(services.store, other) == case_id
    holding.take(services, people["aziz"], case_id)
    reviewing.look_at_all(services.store, people["aziz"], case_id)
    deciding.decide(services, people["aziz"], case_id, reviewing.LAWFUL)
    third = hand_in(3)
    assert reviewing.case_of(services.store, third) == case_id
    assert reviewing.state(services.store, case_id) is CaseState.OPEN
    assert reviewing.events(services.store)["case.opened"] == 1


def test_what_nothing_is_known_of_comes_into_no_case(
    services: Services, people: dict[str, Person], small: Small
) -> None:
    """However often it comes."""
    assert people
    fill_bank(services, small)
    plain, quoting = (
        hand_in_upload(services, replace(POST, reference=name, text=text), "lake")[0]
        for name, text in (("a", POST.text), ("b", f"News. {TEXT} So far."))
    )
    walk_what_waits(services)
    with services.store.reading() as tx:
        assert cases.case_of(tx, plain) is None
        assert cases.case_of(tx, quoting) is not None


def test_the_same_is_one_item_and_another_content_is_another(services: Services) -> None:
    """By the platform's own name for it; also where both come at once."""
    first, new = hand_in_upload(services, POST, "lake")
    assert (new, hand_in_upload(services, POST, "lake")) == (True, (first, False))
    assert hand_in_upload(services, replace(POST, text="Tea is served at five."), "lake")[0] != first
    assert hand_in_upload(services, replace(POST, platform="other.example"), "lake")[0] != first
    assert how_many(services) == 3
    again = replace(POST, reference="post/18")
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda _: hand_in_upload(services, again, "lake"), range(4)))
    assert len({item_id for item_id, _new in ids}) == 1
    assert [new for _id, new in ids].count(True) == 1
    with services.store.reading() as tx:
        assert len(scans.waiting_batches(tx, 100)) == how_many(services)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: replace(POST, reference=""),
        lambda: replace(POST, platform=""),
        lambda: replace(POST, platform="x" * (LONGEST_WORD + 1)),
        lambda: replace(POST, author="a\nb"),
        lambda: replace(POST, channel="\ud800"),
        lambda: replace(POST, text="a\0b"),
        lambda: replace(POST, text="a\ud800b"),
        lambda: replace(POST, links=("https://reeds.example/\0",)),
        lambda: replace(POST, name="a\0.jpg"),
        lambda: replace(POST, text=None),
        lambda: replace(POST, text="x" * 10_000_000),
    ],
)
def test_what_no_store_can_hold_is_refused(services: Services, wrong: Callable[[], Upload]) -> None:
    """On both databases alike, and nothing of it is kept."""
    with pytest.raises(BadValue):
        hand_in_upload(services, wrong(), "lake")
    assert how_many(services) == 0

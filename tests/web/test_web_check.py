"""Checking over the API: a file, hashes, a text or links in one call; nothing is stored unless that is asked for."""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image
from starlette.testclient import TestClient

from qalqan.app import opened
from qalqan.flow import check as checking
from qalqan.flow.known import canonical
from qalqan.flow.reading import read_media
from qalqan.flow.services import Services
from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.ids import new_id
from qalqan.model.items import Media, MediaKind
from qalqan.model.roles import Right, Role
from qalqan.model.signals import LINK, PDQ, PICTURE_LOCAL, SHA256
from qalqan.model.times import now
from qalqan.settings import Settings
from qalqan.store import banks, people, scans, tokens
from qalqan.store import items as store_items
from qalqan.store.items import ItemFilter
from qalqan.store.tables import renditions
from qalqan.web.api import check as checking_api
from qalqan.web.api import checks
from support.browsing import make_client
from support.filled import landscape

DIGEST = hashlib.sha256(b"a film of reeds").hexdigest()
PICTURE_HASH = "0f" * 32
NEAR = "0e" * 10 + "0f" * 22
FAR = "f0" * 32
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def services(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """Return services over a store with one bank, whose indexes are never older than a call."""
    monkeypatch.setattr(checking, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(checks, "REFRESH_SECONDS", 20.0)
    monkeypatch.setattr(checks, "BUILDING_SECONDS", 60.0)
    with opened(settings) as made:
        with made.store.writing() as tx:
            people.add(tx, "amina", "a long walk along the river", Role.ADMIN)
            banks.create(tx, "heron", "terrorist-content", "amina")
        know(made, (SHA256, DIGEST), (PDQ, PICTURE_HASH), (LINK, "https://reeds.example/film"))
        yield made


def know(services: Services, *values: tuple[str, str]) -> None:
    """Bank some values."""
    with services.store.writing() as tx:
        bank = banks.by_name(tx, "heron")
        entries = [
            BankEntry(
                new_id(), bank.id, kind, value, f"Known {kind}", "Court", EntryStatus.ACTIVE, None, None, "a", now()
            )
            for kind, value in values
        ]
        banks.add_entries(tx, entries)


@pytest.fixture
def program(services: Services) -> TestClient:
    """Return a program with a token that may hand in."""
    client = make_client(services)
    with services.store.writing() as tx:
        shown, _token = tokens.add(tx, people.by_name(tx, "amina"), "platform", [Right.HAND_IN], 1)
    client.headers["Authorization"] = f"Bearer {shown}"
    return client


def test_hashes_are_found_exactly_and_nearly(program: TestClient) -> None:
    """With the bank, the label, how near, and what it comes to."""
    found = program.post("/api/v1/check", json={"sha256": [DIGEST.upper()], "pdq": [NEAR]}).json()
    assert [(one["kind"], one["bank"], one["distance"], one["verified"]) for one in found["matches"]] == [
        ("sha256", "heron", 0, True), ("pdq", "heron", 10, False)
    ]  # fmt: skip
    assert found["band"] == "known"
    assert found["assessments"][0]["category"] == "terrorist-content"
    nothing = program.post("/api/v1/check", json={"pdq": [FAR]}).json()
    assert (nothing["band"], nothing["matches"], nothing["item"]) == ("nothing", [], None)


def test_many_hashes_are_answered_each_by_itself(program: TestClient) -> None:
    """In the order in which they were sent; up to a bound."""
    asked = [{"kind": "pdq", "value": FAR}, {"kind": "sha256", "value": DIGEST}] * 20
    answers = program.post("/api/v1/check/hashes", json={"hashes": asked}).json()["answers"]
    assert [len(one["matches"]) for one in answers] == [0, 1] * 20
    assert [one["band"] for one in answers[:2]] == ["nothing", "known"]
    assert program.post("/api/v1/check/hashes", json={"hashes": asked * 26}).status_code == 422


def test_what_has_just_been_banked_is_found_and_what_was_retired_is_not(
    program: TestClient, services: Services
) -> None:
    """The indexes follow the banks."""
    assert program.post("/api/v1/check", json={"pdq": [FAR]}).json()["matches"] == []
    know(services, (PDQ, FAR))
    (match,) = program.post("/api/v1/check", json={"pdq": [FAR]}).json()["matches"]
    with services.store.writing() as tx:
        banks.change_status(tx, match["entry"], EntryStatus.RETIRED, "amina", "no longer")
    assert program.post("/api/v1/check", json={"pdq": [FAR]}).json()["matches"] == []


def test_a_link_and_a_text_are_read_as_an_items_own(program: TestClient) -> None:
    """A link in its one form, wherever it stands."""
    for body in ({"link": ["http://www.reeds.example/film/"]}, {"text": "Tea, then https://reeds.example/film"}):
        found = program.post("/api/v1/check", json=body).json()
        assert [one["kind"] for one in found["matches"]] == ["link"]


def picture() -> bytes:
    """Return a landscape as PNG."""
    return saved(landscape(3, (400, 300)))


def saved(image: Image.Image) -> bytes:
    """Return a picture as PNG."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_a_picture_is_read_and_nothing_of_it_stays(program: TestClient, services: Services) -> None:
    """No item, no file, no leavings."""
    first = program.post("/api/v1/check", files={"file": ("a.png", picture())}).json()
    assert first["sha256"] == hashlib.sha256(picture()).hexdigest()
    know(services, (SHA256, first["sha256"]))
    again = program.post("/api/v1/check", files={"file": ("a.png", picture())}, data={"text": "Tea"}).json()
    assert [(one["kind"], one["verified"]) for one in again["matches"]] == [("sha256", True)]
    assert list((services.settings.home / "scratch").iterdir()) == []
    with services.store.reading() as tx:
        assert store_items.first(tx) is None


def test_a_damaged_picture_is_said_to_be_one(program: TestClient) -> None:
    """With what could not be read, so that nobody takes it for clean."""
    found = program.post("/api/v1/check", files={"file": ("a.png", picture()[:200])}).json()
    assert found["problems"]


def test_what_is_stored_is_an_item_once(program: TestClient, services: Services) -> None:
    """By the platform's own reference; another content under it is another item. Each is walked."""
    body = {"platform": "lake.example", "reference": "post/17", "text": "Tea at four by the bridge"}
    first, again = (program.post("/api/v1/items", json=body).json() for _ in range(2))
    assert (first["new"], again["new"], first["id"] == again["id"]) == (True, False, True)
    assert program.post("/api/v1/items", json={**body, "text": "Tea at five"}).json()["new"]
    checked = program.post("/api/v1/check", json={**body, "store": True}).json()
    assert checked["item"] == first["id"]
    with services.store.reading() as tx:
        assert store_items.page(tx, ItemFilter(None, None, None, None, None), 10, 0).total == 2
        assert len(scans.waiting_batches(tx, 10)) == 2
        assert len(scans.unfinished(tx)) == 2


def test_a_file_is_handed_in_with_its_bytes(program: TestClient, services: Services) -> None:
    """It lies in the blob store, as any item's file."""
    data = {"platform": "lake.example", "reference": "post/18"}
    made = program.post("/api/v1/items", files={"file": ("a.png", picture())}, data=data).json()
    with services.store.reading() as tx:
        (hung,) = store_items.get(tx, made["id"]).attachments
    assert hung.media_sha256
    assert services.store.blobs.path(hung.media_sha256).read_bytes() == picture()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "nothing to check"), ({"sha256": ["ab"]}, "64 hexadecimal digits"), ({"sha": "x"}, "not permitted"),
        ({"link": ["not a link"]}, ""), ({"store": True, "sha256": [DIGEST]}, "cannot be stored"),
        ({"store": True, "text": "Tea"}, "reference"), ({"text": "a\0b"}, "pattern"), ([1], ""), ("x", ""),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_a_reason(program: TestClient, body: object, says: str) -> None:
    """In the form of every error."""
    answer = program.post("/api/v1/check", json=body)
    assert answer.status_code == 422
    assert says in answer.json()["error"]["message"]


def test_other_kinds_of_bodies_and_broken_ones_are_refused(program: TestClient) -> None:
    """With what to send instead."""
    assert program.post("/api/v1/check", content=b"x").status_code == 415
    broken = program.post("/api/v1/check", content=b"--", headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert broken.status_code in (400, 422)
    other = program.post("/api/v1/check", files={"film": ("a.png", picture())})
    assert (other.status_code, other.json()["error"]["code"]) == (422, "bad-value")


def test_a_file_that_is_too_large_is_refused(services: Services, program: TestClient) -> None:
    """Whatever its length says."""
    large = services.settings.model_copy(update={"check_bytes": 1000})
    program.app.state.services = __import__("dataclasses").replace(services, settings=large)  # type: ignore[attr-defined]
    answer = program.post("/api/v1/check", files={"file": ("a.png", b"x" * 2000)})
    assert answer.status_code == 413


def test_too_many_at_once_are_asked_to_come_again(services: Services, program: TestClient) -> None:
    """With the seconds to wait."""
    program.app.state.checks._most = 0  # type: ignore[attr-defined] # noqa: SLF001 - as if all were taken
    answer = program.post("/api/v1/check", json={"text": "Tea"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert program.post("/api/v1/check", json={"pdq": [FAR]}).status_code == 200
    assert services.settings.check_waiting == 64


def test_a_revoked_token_opens_nothing_after_a_moment(
    services: Services, program: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is remembered for two seconds at most."""
    monkeypatch.setattr(checks, "REMEMBERED_SECONDS", 0.0)
    assert program.post("/api/v1/check", json={"pdq": [FAR]}).status_code == 200
    with services.store.writing() as tx:
        ((_owner, token),) = tokens.every(tx)
        tokens.revoke(tx, token.id)
    assert program.post("/api/v1/check", json={"pdq": [FAR]}).status_code == 401


def test_a_cookie_alone_changes_nothing(services: Services) -> None:
    """Another site could make a browser send it: a page of ours sends its own token beside it."""
    client = make_client(services)
    with services.store.writing() as tx:
        token, session = people.open_session(tx, people.by_name(tx, "amina"), 1)
    client.cookies.set("qalqan_session", token)
    assert client.post("/api/v1/check", json={"pdq": [FAR]}).status_code == 403
    with_token = {"X-CSRF-Token": session.csrf}
    assert client.post("/api/v1/check", json={"pdq": [FAR]}, headers=with_token).status_code == 200


@pytest.fixture
def quick(program: TestClient, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Return a program that was let in a moment ago, and whose indexes stay fresh for a minute."""
    monkeypatch.setattr(checks, "REMEMBERED_SECONDS", 600.0)
    assert program.post("/api/v1/check", json={"pdq": [FAR]}).status_code == 200
    monkeypatch.setattr(checking, "FRESH_SECONDS", 60.0)
    return program


def test_hashes_near_nothing_known_are_answered_in_front_of_the_routes(
    quick: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte as the route would, with the headers of every answer."""
    forget(quick)
    slow, again = (quick.post("/api/v1/check", json={"sha256": [FAR], "pdq": [FAR.upper()]}) for _ in range(2))

    def unreached(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(checking_api, "_looked_up", unreached)
    fast = quick.post("/api/v1/check", json={"sha256": [FAR], "pdq": [FAR.upper()]})
    assert slow.status_code == fast.status_code == 200
    assert slow.content == again.content == fast.content
    assert dict(slow.headers) == dict(fast.headers)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"{}", b'{"sha256": null}', b'{"sha256": ["ab"]}', b'{"sha256": ["%s"]}' % DIGEST.encode(),
        b'{"pdq": ["%s"]}' % NEAR.encode(), b'{"pdq": ["%s"], "x": 1}' % FAR.encode(), b'{"sha256": "\xff"}',
        b'{"pdq": ["%s"], "text": "https://reeds.example/film"}' % FAR.encode(),
        b'{"pdq": ["%s"], "store": true}' % FAR.encode(), b'{"pdq": [%s]}' % b",".join([b'"%s"' % FAR.encode()] * 9),
        b'{"pdq": ["%s"]}' % FAR.encode() + b" " * 5000, b"[" * 4000,
    ],
)  # fmt: skip
def test_all_else_is_answered_by_the_route(quick: TestClient, body: bytes) -> None:
    """A program that was let in a moment ago is told the same as one that comes for the first time."""
    known = quick.post("/api/v1/check", content=body, headers=JSON)
    forget(quick)
    new = quick.post("/api/v1/check", content=body, headers=JSON)
    assert (known.status_code, _without_ids(known.json())) == (new.status_code, _without_ids(new.json()))


def forget(program: TestClient) -> None:
    """Have every token looked up again, as after two seconds."""
    app: Any = program.app
    remembered = app.state.checks._remembered  # noqa: SLF001 - instead of waiting so long
    remembered.update({key: (0.0, visit) for key, (_until, visit) in remembered.items()})


def _without_ids(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in {"event", "error"}} | {
        "code": answer.get("error", {}).get("code")
    }


def test_a_body_in_parts_is_put_together(quick: TestClient) -> None:
    """What was read of it in front of the routes is not lost."""
    parts = json.dumps({"sha256": [DIGEST]}).encode()
    answer = quick.post("/api/v1/check", content=iter([parts[:20], parts[20:]]), headers=JSON)
    assert [one["kind"] for one in answer.json()["matches"]] == ["sha256"]


def test_whoever_may_not_check_gets_no_further_the_second_time(quick: TestClient, services: Services) -> None:
    """Only a token that the route let in is remembered, and for that route alone."""
    with services.store.writing() as tx:
        shown, _token = tokens.add(tx, people.by_name(tx, "amina"), "reader", [Right.LOOK], 1)
    for token, status in ((shown, 403), ("nothing", 401)):
        for _ in range(2):
            headers = {"Authorization": f"Bearer {token}"}
            assert quick.post("/api/v1/check", json={"pdq": [FAR]}, headers=headers).status_code == status


def test_a_token_that_is_revoked_is_refused_in_front_of_the_routes_too(quick: TestClient, services: Services) -> None:
    """As soon as it is no longer remembered."""
    with services.store.writing() as tx:
        ((_owner, token),) = tokens.every(tx)
        tokens.revoke(tx, token.id)
    assert quick.post("/api/v1/check", json={"pdq": [FAR]}).status_code == 200
    forget(quick)
    assert quick.post("/api/v1/check", json={"pdq": [FAR]}).status_code == 401


def test_indexes_are_looked_after_before_anybody_has_to_wait(quick: TestClient, services: Services) -> None:
    """Half-way to being too old, they are refreshed while calls are answered from them."""
    app: Any = quick.app
    checker = app.state.checks.checker
    know(services, (PDQ, FAR))
    assert quick.post("/api/v1/check", json={"pdq": [FAR]}).json()["matches"] == []
    checker._looked -= 40  # noqa: SLF001 - as if they were so many seconds older
    for _ in range(200):
        if quick.post("/api/v1/check", json={"pdq": [FAR]}).json()["matches"]:
            break
        time.sleep(0.02)
    assert quick.post("/api/v1/check", json={"pdq": [FAR]}).json()["band"] == "known"


def test_a_quick_look_at_a_picture_leaves_its_parts_out(program: TestClient, services: Services) -> None:
    """Its hashes are compared as ever; a cut copy is found only by a whole look. Neither leaves a copy behind."""
    field = Image.fromarray(np.random.default_rng(3).integers(0, 256, (30, 40), np.uint8)).resize((400, 300))
    whole, cut = saved(field), saved(field.crop((60, 50, 400, 260)))
    place = services.settings.home / "known.png"
    place.write_bytes(whole)
    known = Media(hashlib.sha256(whole).hexdigest(), MediaKind.PICTURE, "image/png", len(whole), kept=True)
    read = read_media(services, known, services.extractors, place, keeps=False).signals
    know(services, *((one.kind, canonical(services, one.kind, one.value)) for one in read if one.kind != SHA256))

    def stages(file: bytes, **asked: str) -> set[str]:
        answer = program.post("/api/v1/check", files={"file": ("a.png", file)}, data=asked).json()
        return {one["kind"] for one in answer["matches"]}

    assert stages(whole) == {PDQ, PICTURE_LOCAL}
    assert stages(whole, quick="true") == {PDQ}
    assert stages(cut) == {PICTURE_LOCAL}
    assert stages(cut, quick="true") == set()
    with services.store.reading() as tx:
        assert not list(tx.execute(sa.select(renditions)))

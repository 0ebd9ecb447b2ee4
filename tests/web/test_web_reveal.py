"""Nothing is shown in the clear unless somebody chose to look, and then it is noted who did."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

import pytest

from qalqan.model.ids import new_id
from qalqan.model.items import RenditionKind
from qalqan.store import audit, signals
from qalqan.web import reveal
from support.browsing import Browser, make_client
from support.filled import Filled

PICTURE = re.compile(r'<img src="(/media/[^"]+)"')


def pictures(page: str) -> list[str]:
    """Return the addresses of a page's pictures."""
    return [one.replace("&amp;", "&") for one in PICTURE.findall(page)]


def clear_blobs(browser: Browser, sha256: str) -> set[str]:
    """Return the blobs that show a file in the clear."""
    with browser.services.store.reading() as tx:
        return {one.blob for one in signals.renditions_of(tx, [sha256]) if one.kind is RenditionKind.CLEAR}


def press(browser: Browser, things: Filled, name: str = "mirrored", file: str = "copy") -> str:
    """Press a file's button on an item's page; return where the answer leads."""
    back = f"/items/{things.items[name]}"
    data = {"csrf": browser.token(back), "item": things.items[name], "back": back, "place": "here-1"}
    answer = browser.client.post(f"/media/{things.media[file]}/reveal", data=data)
    assert answer.status_code == 303
    return answer.headers["location"]


def test_a_page_holds_nothing_clear_before_somebody_looks(browser: Browser, things: Filled) -> None:
    """Neither a clear picture nor its name is in any page."""
    everything = [f"/items/{one}" for one in things.items.values()] + ["/found", "/banks/blue-heron"]
    secret = set().union(*(clear_blobs(browser, sha256) for sha256 in things.media.values()))
    for path in everything:
        page = browser.get(path)
        assert "/clear/" not in page
        assert not [blob for blob in secret if blob in page]


def test_blurred_pictures_are_pictures_of_their_own(browser: Browser, things: Filled) -> None:
    """They are other bytes than the clear ones: no browser can take the blur away."""
    shown = pictures(browser.get(f"/items/{things.items['mirrored']}"))
    answers = [browser.client.get(one) for one in shown]
    assert shown
    assert {one.headers["content-type"] for one in answers} == {"image/jpeg"}
    clear = [browser.services.store.blobs.path(one).read_bytes() for one in clear_blobs(browser, things.media["copy"])]
    assert not [one for one in answers if one.content in clear]


def test_to_reveal_shows_the_picture_and_notes_who_looked(browser: Browser, things: Filled) -> None:
    """Without any script: the page comes back with this one file in the clear."""
    there = urlsplit(press(browser, things))
    page = browser.get(there._replace(fragment="").geturl())
    assert f'id="{there.fragment}"' in page
    clear = [one for one in pictures(page) if "/clear/" in one]
    assert clear
    assert all(things.media["copy"] in one for one in clear)
    assert browser.client.get(clear[0]).status_code == 200
    assert "Blur again" in page
    with browser.services.store.reading() as tx:
        event = audit.newest(tx, 1)[0]
    assert (event.verb, event.by, event.subject) == ("media.revealed", "amina", things.media["copy"])
    assert event.detail == {"item": things.items["mirrored"]}
    assert "media.revealed" in browser.get("/audit")


def test_a_clear_picture_needs_a_key(browser: Browser, things: Filled) -> None:
    """Knowing its name is not enough."""
    sha256 = things.media["copy"]
    place = f"/media/{sha256}/clear/{clear_blobs(browser, sha256).pop()}"
    assert browser.client.get(place).status_code == 403
    for key in ("x", "..", f"{sha256}.9999999999.{'0' * 40}", f"{sha256}.².{'0' * 40}"):
        assert browser.client.get(place, params={"key": key}).status_code == 403
    blob = place.rpartition("/")[2]
    assert browser.client.get(f"/media/{sha256}/blurred/{blob}").status_code == 404


def test_a_key_is_for_one_file_and_one_session(browser: Browser, things: Filled) -> None:
    """Another login cannot use it, nor does it open another file."""
    page = browser.get(urlsplit(press(browser, things))._replace(fragment="").geturl())
    clear = next(one for one in pictures(page) if "/clear/" in one)
    other = Browser(make_client(browser.services), browser.services)
    other.log_in()
    assert other.client.get(clear).status_code == 403
    poster = things.media["poster"]
    key = clear.partition("key=")[2]
    place = f"/media/{poster}/clear/{clear_blobs(browser, poster).pop()}?key={key}"
    assert browser.client.get(place).status_code == 403


def test_a_key_ends_after_a_minute(browser: Browser, things: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kept address shows the picture blurred again."""
    place = urlsplit(press(browser, things))._replace(fragment="").geturl()
    assert "/clear/" in browser.get(place)
    later = time.time() + reveal.SECONDS + 1
    monkeypatch.setattr("qalqan.web.reveal.time.time", lambda: later)
    assert "/clear/" not in browser.get(place)


def test_revealing_a_second_picture_keeps_the_first(browser: Browser, things: Filled) -> None:
    """Without a script, the page's address carries both."""
    first = urlsplit(press(browser, things))._replace(fragment="").geturl()
    data = {"csrf": browser.token(), "back": first}
    second = browser.client.post(f"/media/{things.media['poster']}/reveal", data=data).headers["location"]
    page = browser.get(urlsplit(second)._replace(fragment="").geturl())
    assert {one.split("/")[2] for one in pictures(page) if "/clear/" in one} == {
        things.media["copy"],
        things.media["poster"],
    }


def test_a_file_that_is_not_there_reveals_nothing(browser: Browser) -> None:
    """And the log holds no event of it."""
    data = {"csrf": browser.token(), "back": "/"}
    assert browser.client.post(f"/media/{'0' * 64}/reveal", data=data).status_code == 404
    with browser.services.store.reading() as tx:
        assert audit.newest(tx, 1)[0].verb == "login.ok"


def test_back_leads_to_this_console_only(browser: Browser, things: Filled) -> None:
    """The form's address is checked like a login's."""
    data = {"csrf": browser.token(), "back": "https://evil.example/"}
    answer = browser.client.post(f"/media/{things.media['copy']}/reveal", data=data)
    assert answer.headers["location"].startswith("/?show=")


def reveals(browser: Browser) -> list[tuple[str, object]]:
    """Return which file was revealed on which item, newest first."""
    with browser.services.store.reading() as tx:
        events = audit.newest(tx, 50)
    return [(one.subject, one.detail["item"]) for one in events if one.verb == "media.revealed"]


@pytest.mark.parametrize("item", ["quoted", "hash-only", None])
def test_a_file_is_revealed_only_on_an_item_that_shows_it(browser: Browser, things: Filled, item: str | None) -> None:
    """Nobody writes into the log that they looked at one item while they look at another's file."""
    item_id = things.items[item] if item else str(new_id())
    data = {"csrf": browser.token(), "item": item_id, "back": "/"}
    assert browser.client.post(f"/media/{things.media['copy']}/reveal", data=data).status_code == 404
    assert reveals(browser) == []


@pytest.mark.parametrize("file", ["copy", "poster"])
def test_an_items_own_file_and_the_known_one_are_revealed_on_it(browser: Browser, things: Filled, file: str) -> None:
    """Both sides of a match stand on its page."""
    press(browser, things, "mirrored", file)
    assert reveals(browser) == [(things.media[file], things.items["mirrored"])]


def test_a_known_file_is_revealed_on_its_banks_page(browser: Browser, things: Filled) -> None:
    """There it belongs to no item."""
    data = {"csrf": browser.token(), "item": "", "back": "/banks/blue-heron"}
    assert browser.client.post(f"/media/{things.media['poster']}/reveal", data=data).status_code == 303
    assert reveals(browser) == [(things.media["poster"], None)]

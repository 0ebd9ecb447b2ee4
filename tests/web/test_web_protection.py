"""What people see is blurred to their own level on the server, and their time on hard material has its bounds."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from PIL import Image, ImageChops

from qalqan.flow import protection as shields
from qalqan.model.items import RenditionKind
from qalqan.model.people import Person
from qalqan.model.protection import WEAKEST, Shield
from qalqan.model.roles import Role
from qalqan.model.times import now
from qalqan.store import audit, people, protection, signals
from qalqan.store.tables_protection import exposures, looking
from qalqan.web import blur
from support import filled
from support.browsing import Browser, make_client
from support.filled import Filled

SETTINGS = {"blur": "", "pause_minutes": "", "day_minutes": ""}
FLOOR = {"blur": "7", "pause_minutes": "20", "day_minutes": "120", "grey": "1", "mute": "1", "stills": "1"}


def person_of(browser: Browser, name: str = filled.NAME) -> Person:
    """Return who has this name."""
    with browser.services.store.reading() as tx:
        return next(one for one in people.every(tx) if one.name == name)


def somebody(browser: Browser, name: str, role: Role) -> Browser:
    """Return the browser of another person, logged in."""
    with browser.services.store.writing() as tx:
        people.add(tx, name, filled.PASSWORD, role)
    other = Browser(make_client(browser.services), browser.services)
    assert other.log_in(name) == 303
    return other


def shield_of(browser: Browser, name: str = filled.NAME) -> Shield:
    """Return what is in force for somebody."""
    person = person_of(browser, name)
    with browser.services.store.reading() as tx:
        return shields.in_force(tx, person.id)


def send(browser: Browser, path: str = "/protection", **fields: str) -> int:
    """Send a form of protection; return the status."""
    return browser.client.post(path, data={"csrf": browser.token(), **SETTINGS, **fields}).status_code


def at_level(browser: Browser, level: int, *, grey: bool = True) -> None:
    """Set the floor, and nothing above it."""
    shields.set_floor(browser.services, "leila", Shield(level, grey=grey))


def picture(browser: Browser, sha256: str, query: str = "") -> Image.Image:
    """Return what is sent as the blurred picture of a file."""
    with browser.services.store.reading() as tx:
        found = signals.renditions_of(tx, [sha256])
    blob = next(one.blob for one in found if one.kind is RenditionKind.BLURRED)
    answer = browser.client.get(f"/media/{sha256}/blurred/{blob}{query}")
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


def held(browser: Browser, sha256: str) -> dict[str, object]:
    """Reveal a file as a script does; return what is answered."""
    headers = {"accept": "application/json"}
    data = {"csrf": browser.token()}
    return dict(browser.client.post(f"/media/{sha256}/reveal", data=data, headers=headers).json())


def looked_at_for(browser: Browser, minutes: float, severity: int = 3) -> None:
    """Count so many minutes of hard material to the person, up to now."""
    person = person_of(browser)
    with browser.services.store.writing() as tx:
        start = now() - timedelta(minutes=minutes)
        start = max(start, now().replace(hour=0, minute=0, second=0, microsecond=0))
        protection.begin(tx, person.id, severity, 60 * minutes, start)
        protection.end(tx, person.id)
        tx.execute(exposures.update().values(millis=round(minutes * 60_000)))
        tx.execute(looking.update().values(stretch=round(minutes * 60_000)))


def detail(one: Image.Image, grain: int) -> float:
    """Return how much of a picture is finer than a grain: the mean change when it is reduced to it and back."""
    small = one.resize((grain, max(1, round(grain * one.height / one.width))), Image.Resampling.BOX)
    back = small.resize(one.size, Image.Resampling.BICUBIC)
    values = ImageChops.difference(one, back).convert("L").histogram()
    return sum(value * number for value, number in enumerate(values)) / sum(values)


def test_what_is_sent_is_blurred_as_much_as_the_level_says(browser: Browser, things: Filled) -> None:
    """Each level sends no more than the one before it; 10 leaves nearly nothing but colours."""
    found = []
    for level in range(1, 11):
        at_level(browser, level, grey=False)
        found.append(detail(picture(browser, things.media["copy"], "?alone=1"), 2))
    assert found == sorted(found, reverse=True)
    assert found[-1] < found[0] / 10


def test_grey_is_grey_in_the_bytes_that_are_sent(browser: Browser, things: Filled) -> None:
    """No colour is left for a browser to bring back."""
    for level in (4, 7, 9):
        at_level(browser, level, grey=True)
        red, green, blue = picture(browser, things.media["copy"]).split()
        assert red.tobytes() == green.tobytes() == blue.tobytes()
    at_level(browser, 7, grey=False)
    red, _green, blue = picture(browser, things.media["copy"]).split()
    assert red.tobytes() != blue.tobytes()


def test_lists_are_blurred_whatever_the_level(browser: Browser, things: Filled) -> None:
    """Where nobody asked for a picture, level 0 is level 3; on a page of its own it is none, noted and counted."""
    at_level(browser, 3)
    three = picture(browser, things.media["copy"]).tobytes()
    at_level(browser, 0)
    assert picture(browser, things.media["copy"]).tobytes() == three
    assert "alone=1" not in browser.get("/found")
    with browser.services.store.reading() as tx:
        assert audit.newest(tx, 1)[0].verb != "media.revealed"
    assert "alone=1" in browser.get(f"/items/{things.items['mirrored']}")
    assert detail(picture(browser, things.media["copy"], "?alone=1"), 48) > 1
    with browser.services.store.reading() as tx:
        assert audit.newest(tx, 1)[0].verb == "media.revealed"


def test_who_may_not_reveal_sees_nothing_weaker_than_lists(browser: Browser, things: Filled) -> None:
    """A viewer has no button, no reveal, and no way round by the address."""
    at_level(browser, 0)
    viewer = somebody(browser, "vera", Role.VIEWER)
    assert (
        picture(viewer, things.media["copy"], "?alone=1").tobytes() == picture(viewer, things.media["copy"]).tobytes()
    )
    page = viewer.get(f"/items/{things.items['mirrored']}")
    assert "data-reveal" not in page
    data = {"csrf": viewer.token()}
    assert viewer.client.post(f"/media/{things.media['copy']}/reveal", data=data).status_code == 403


def test_a_blurred_picture_is_made_once(browser: Browser, things: Filled) -> None:
    """Lists ask for the same ones over and over."""
    at_level(browser, 9)
    picture(browser, things.media["copy"])
    before = blur.blurred.cache_info()
    picture(browser, things.media["copy"])
    after = blur.blurred.cache_info()
    assert (after.hits, after.misses) == (before.hits + 1, before.misses)


def test_ones_own_setting_lies_above_the_floor(browser: Browser) -> None:
    """It can be stronger; a weaker one is refused, and boxes that the floor holds stay on."""
    assert shield_of(browser) == Shield()
    assert send(browser, blur="9", day_minutes="30") == 303
    assert shield_of(browser) == Shield(9, day_minutes=30)
    assert send(browser, blur="6") == 422
    assert send(browser, day_minutes="121") == 422
    assert send(browser, blur="x") == 422
    assert shield_of(browser) == Shield(9, day_minutes=30)
    assert send(browser) == 303
    assert shield_of(browser) == Shield()


def test_nobody_changes_another_persons_setting(browser: Browser) -> None:
    """A form can name somebody: nobody reads it. The floor goes up and down, and their own stays."""
    reviewer = somebody(browser, "rana", Role.REVIEWER)
    assert send(reviewer, blur="9") == 303
    rana = person_of(browser, "rana")
    assert send(browser, blur="8", person_id=rana.id, person="rana", name="rana") == 303
    with browser.services.store.reading() as tx:
        assert protection.own(tx, rana.id).blur == 9
    for level in ("10", "0"):
        assert send(browser, "/protection/floor", **{**FLOOR, "blur": level}) == 303
        assert shield_of(browser, "rana").blur == max(9, int(level))


def test_the_floor_is_a_leads(browser: Browser) -> None:
    """A reviewer neither sees its form nor sends one; the log says who set it to what."""
    reviewer = somebody(browser, "rana", Role.REVIEWER)
    assert send(reviewer, "/protection/floor", **{**FLOOR, "blur": "0"}) == 403
    assert "/protection/floor" not in reviewer.get("/protection")
    lead = somebody(browser, "leila", Role.LEAD)
    assert send(lead, "/protection/floor", **{**FLOOR, "blur": "8"}) == 303
    with browser.services.store.reading() as tx:
        event = audit.newest(tx, 1)[0]
    assert (event.verb, event.by, event.detail["blur"]) == ("protection.floor", "leila", 8)
    assert send(lead, "/protection/floor", **{**FLOOR, "blur": "11"}) == 422


def test_the_log_does_not_say_what_somebody_set_for_themselves(browser: Browser) -> None:
    """That they changed it, it says."""
    send(browser, blur="10")
    with browser.services.store.reading() as tx:
        event = audit.newest(tx, 1)[0]
    assert (event.verb, event.detail) == ("protection.own", {})


def test_severity_is_told_before_the_picture(browser: Browser, things: Filled) -> None:
    """In words, in the text that comes first."""
    for path in ("/found", f"/items/{things.items['mirrored']}", "/banks/blue-heron"):
        page = browser.get(path)
        for figure in re.findall(r"<figure.*?</figure>", page, re.DOTALL):
            assert "severity-" in figure.partition("<img")[0]
            assert re.search(r"Extreme|Very hard|Hard:|Mild|Nothing hard", figure.partition("<img")[0])
    assert "Extreme: may show violence itself" in browser.get(f"/items/{things.items['mirrored']}")
    assert "Nothing hard is known of it" in browser.get(f"/items/{things.items['plain-0']}")


def test_no_page_plays_sounds_or_shows_anything_by_itself(browser: Browser, things: Filled) -> None:
    """No video, no audio, no clear picture, nothing that moves, in any page of the console."""
    at_level(browser, 0)
    at_level(browser, 7)
    pages = ["/", "/found", "/items", "/banks", "/banks/blue-heron", "/names", "/lexicon", "/policy", "/try", "/scans",
             "/problems", "/audit", "/about", "/protection"]  # fmt: skip
    pages += [f"/items/{one}" for one in things.items.values()]
    pages += [f"/entries/{one}" for one in things.entries.values()]
    for path in pages:
        page = browser.get(path)
        assert not re.search(r"<(video|audio|embed|object|iframe)\b|autoplay|/clear/|\.gif", page), path


def test_a_script_gets_the_clear_addresses_for_a_short_time(browser: Browser, things: Filled) -> None:
    """Of each blurred picture the clear one, with a key that opens it."""
    sha256 = things.media["clip"]
    frames = held(browser, sha256)["frames"]
    assert isinstance(frames, dict)
    assert len(frames) == 10
    for blurred, clear in frames.items():
        assert browser.client.get(blurred).content != browser.client.get(clear).content
        assert browser.client.get(clear).status_code == 200


def test_time_counts_from_the_reveal_by_the_servers_clock(browser: Browser, things: Filled) -> None:
    """Beats of a second or so count that second or so, however many are sent."""
    held(browser, things.media["copy"])
    data = {"csrf": browser.token(), "seconds": "9999", "person_id": "somebody"}
    for _ in range(5):
        assert browser.client.post("/media/beat", data=data).status_code == 200
    assert browser.client.post("/media/hidden", data=data).status_code == 200
    with browser.services.store.reading() as tx:
        found = protection.days_of(tx, person_of(browser).id)
    assert [one.severity for one in found] == [4]
    assert 0 < found[0].millis < 10_000


def test_a_beat_needs_the_sessions_own_token(browser: Browser) -> None:
    """No other site counts time to anybody."""
    assert browser.client.post("/media/beat", data={"csrf": "x"}).status_code == 403


def test_at_the_bound_what_is_hard_stays_blurred_and_what_is_not_goes_on(browser: Browser, things: Filled) -> None:
    """Kindly, with what to do instead; without a script as with one."""
    looked_at_for(browser, 121)
    data = {"csrf": browser.token(), "back": "/found"}
    answer = browser.client.post(f"/media/{things.media['copy']}/reveal", data=data)
    assert answer.status_code == 403
    assert "enough hard material for today" in answer.text
    said = held(browser, things.media["copy"])
    assert "frames" not in said
    assert "bound" in str(said["stop"])
    assert "frames" in held(browser, things.media["plain-0"])


def test_ones_own_bound_is_kept_as_the_floors_is(browser: Browser, things: Filled) -> None:
    """Whoever wants to stop after ten minutes is stopped after ten."""
    looked_at_for(browser, 11)
    assert "frames" in held(browser, things.media["copy"])
    send(browser, day_minutes="10")
    assert "frames" not in held(browser, things.media["copy"])


def test_a_pause_is_proposed_and_forces_nothing(browser: Browser, things: Filled) -> None:
    """After twenty minutes at a stretch."""
    looked_at_for(browser, 21)
    said = held(browser, things.media["copy"])
    assert "frames" in said
    assert "Five minutes away" in str(said["pause"])
    assert "Time for a pause" in browser.get("/protection")


def test_a_lead_sees_minutes_of_today_and_nothing_else(browser: Browser, things: Filled) -> None:
    """Not what was looked at, not how hard, not on other days."""
    looked_at_for(browser, 12)
    lead = somebody(browser, "leila", Role.LEAD)
    page = lead.get("/protection")
    table = page[page.index('id="totals"') :]
    assert re.findall(r"<td[^>]*>(.*?)</td>", table) == ["<bdi>amina</bdi>", "12"]
    assert not [one for one in things.media.values() if one in page]
    reviewer = somebody(browser, "rana", Role.REVIEWER)
    assert "amina" not in reviewer.get("/protection")


def test_ones_own_time_is_a_plot_with_its_table(browser: Browser) -> None:
    """Two weeks, the bound, and the figures for who sees no plot."""
    looked_at_for(browser, 12)
    page = browser.get("/protection")
    assert 'class="severity-bar-3"' in page
    assert "Today 12 of 120 minutes" in page
    assert page.count("<tr><td>20") == protection.DAYS


@pytest.mark.parametrize("wrong", [{"blur": "²"}, {"blur": "-1"}, {"day_minutes": "99999"}, {"pause_minutes": "0"}])
def test_senseless_numbers_are_refused(browser: Browser, wrong: dict[str, str]) -> None:
    """In plain words."""
    assert send(browser, **wrong) == 422


def test_who_has_set_nothing_stores_nothing(browser: Browser) -> None:
    """The floor holds for them, and changes with it."""
    with browser.services.store.reading() as tx:
        assert protection.own(tx, person_of(browser).id) == WEAKEST

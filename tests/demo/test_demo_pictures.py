"""The drawn pictures and films: different enough for a fair test, and the same each time."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import av
import numpy as np
import pdqhash
import pytest
from numpy.typing import NDArray
from PIL import Image

from qalqan.demo import films, lettering, pictures
from qalqan.demo.voices import RATE
from qalqan.demo.words import small_talk, words

Bits = NDArray[np.uint8]


def pdq(image: Image.Image) -> tuple[Bits, int]:
    """Return a picture's PDQ bits and quality."""
    bits, quality = pdqhash.compute(np.asarray(image.convert("RGB")))
    return bits, quality


def apart(a: Bits, b: Bits) -> int:
    """Return how many bits differ."""
    return int((a != b).sum())


@pytest.fixture(scope="module")
def known() -> dict[str, Image.Image]:
    """Draw the known pictures."""
    return {name: pictures.known_picture(7, number) for number, (name, _, _) in enumerate(pictures.KNOWN)}


def test_known_pictures_are_rich_enough_to_be_hashed(known: dict[str, Image.Image]) -> None:
    """PDQ calls none of them featureless."""
    assert {name: pdq(image)[1] for name, image in known.items() if pdq(image)[1] < 80} == {}
    assert all(800 <= max(image.size) <= 1600 for image in known.values())


def test_known_pictures_differ_from_each_other(known: dict[str, Image.Image]) -> None:
    """No two are within 90 bits: a match can mean one of them only."""
    hashes = [pdq(image)[0] for image in known.values()]
    assert len(hashes) == 14
    assert min(apart(a, b) for a, b in combinations(hashes, 2)) > 90


def test_ordinary_pictures_of_the_same_motifs_are_far_from_the_known(known: dict[str, Image.Image]) -> None:
    """The hard negatives look alike to people and are twice the search radius away, however they are turned."""
    hashes = [bits for image in known.values() for bits in pdqhash.compute_dihedral(np.asarray(image))[0]]
    ordinary = [pdq(pictures.ordinary_picture(7, number))[0] for number in range(21)]
    assert min(apart(a, b) for a in ordinary for b in hashes) > 62


def test_the_same_seed_draws_the_same_picture_and_another_seed_another() -> None:
    """Drawing depends on nothing but the seed."""
    first, again, other = (pictures.ordinary_picture(seed, 4) for seed in (7, 7, 8))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


@pytest.fixture(scope="module")
def film() -> films.Film:
    """Make a known film, not yet encoded."""
    return films.known_film(7, 1)


def test_every_second_of_a_film_looks_different(film: films.Film) -> None:
    """Pans and cuts leave no two neighbouring seconds within the search radius."""
    hashes = [pdq(film.frame(second + 0.04))[0] for second in range(int(film.seconds))]
    assert min(apart(a, b) for a, b in pairwise(hashes)) > 31


def test_a_film_is_encoded_the_same_each_time_with_sound(film: films.Film, tmp_path: Path) -> None:
    """The bytes are equal, and a player finds VP8 and Opus of the right length."""
    part = films.excerpt(film, 1, 3)
    for name in ("a.webm", "b.webm"):
        films.encode(part, tmp_path / name)
    assert (tmp_path / "a.webm").read_bytes() == (tmp_path / "b.webm").read_bytes()
    with av.open(tmp_path / "a.webm") as container:
        assert [stream.codec_context.name for stream in container.streams.video] == ["vp8"]
        assert [stream.codec_context.name for stream in container.streams.audio] == ["opus"]
        assert sum(1 for _ in container.decode(video=0)) == 2 * films.FPS


def test_an_excerpt_put_into_another_film_shows_and_sounds_as_the_first(film: films.Film) -> None:
    """Where the truth says the excerpt is, it is, to the frame and the sample."""
    part, host = films.excerpt(film, 4, 6), films.ordinary_film(7, 1)
    whole = films.insert(part, host, 3)
    assert whole.seconds == host.seconds + 2
    assert whole.frame(3.5).tobytes() == film.frame(4.5).tobytes()
    assert whole.frame(2.5).tobytes() == host.frame(2.5).tobytes()
    assert whole.frame(6.0).tobytes() == host.frame(4.0).tobytes()
    start, length = 3 * RATE, 2 * RATE
    assert np.array_equal(whole.sound[start : start + length], film.sound[4 * RATE : 6 * RATE])


def test_sound_stays_within_bounds_and_is_not_silent(film: films.Film) -> None:
    """Samples lie in -1..1, one channel, the film's length."""
    assert len(film.sound) == film.seconds * RATE
    assert 0.2 < float(np.abs(film.sound).max()) <= 1


def test_words_without_a_font_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with no fonts still draws; only Latin letters come from the drawing library itself."""
    monkeypatch.setattr(lettering, "_found", lambda _names, _size: None)
    assert lettering.font_for("Guard the reeds!", 20) is not None
    assert lettering.font_for("جبهة", 20) is None
    assert pictures.draw(pictures.KNOWN[0][1], (240, 180), (7,)).size == (240, 180)


def test_small_talk_is_spoken_in_every_language_of_the_chat() -> None:
    """Several hundred messages differ, and each language is heard."""
    rng = np.random.default_rng(3)
    languages = list(words().chat)
    said = {small_talk(rng, languages) for _ in range(600)}
    assert len(said) > 400
    assert len(languages) == 14
    assert {each for spoken in words().people.values() for each in spoken} == set(languages)
    assert set(words().captions) == set(languages)
    assert not [text for text in said if "{" in text]

"""The stretch of sound that a recording shares with a known one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qalqan.demo import voices
from qalqan.match.contract import Finding
from qalqan.match.sounds import SoundMatcher
from qalqan.match.sounds.search import strength
from qalqan.match.sounds.table import table_of
from qalqan.match.sounds.triplets import known_triplets, probes
from qalqan.model.banks import BankEntry
from qalqan.model.signals import SOUND, Signal
from qalqan.model.sound import Sound, packed

MakeEntry = Callable[[str, str], BankEntry]
MakeSignal = Callable[..., Signal]
Find = Callable[..., list[Finding]]
Numbers = npt.NDArray[np.integer] | npt.NDArray[np.floating]


def scattered(seed: int, seconds: float, rate: int = 22) -> Sound:
    """Return so many seconds with landmarks at no time and pitch in particular, 22 a second as in speech."""
    random = np.random.default_rng(seed)
    length = round(seconds * 50)
    places = random.choice(length * 182, round(seconds * rate), replace=False)
    return of(places // 182, places % 182, length)


def of(frames: Numbers, pitches: Numbers, length: int) -> Sound:
    """Return a sound of landmarks in any order; those beyond its bounds and the second of a place are left out."""
    frames, pitches = frames.astype(np.int64), pitches.astype(np.int64)
    good = (frames >= 0) & (frames < length) & (pitches >= 0) & (pitches < 182)
    places = np.unique(frames[good] * 182 + pitches[good])
    return Sound(places // 182, (places % 182).astype(np.uint8), length)


def copy(
    sound: Sound, start: float, seconds: float, speed: float = 1, higher: float = 0, kept: float = 1, seed: int = 0
) -> Sound:
    """Return an excerpt, faster and higher, in which a share of the landmarks is others', as noise makes them."""
    random = np.random.default_rng(seed)
    mine = (sound.frames >= start * 50) & (sound.frames < (start + seconds) * 50)
    mine &= random.random(len(sound.frames)) < kept
    length = round(seconds * 50 / speed)
    other = scattered(1000 + seed, length / 50, round(22 * (1 - kept)) + 1)
    frames = np.rint((sound.frames[mine] - start * 50) / speed)
    pitches = np.rint(sound.pitches[mine].astype(float) + higher)
    return of(np.concatenate([frames, other.frames]), np.concatenate([pitches, other.pitches]), length)


def joined(*sounds: Sound) -> Sound:
    """Return sounds one after the other."""
    begins = np.cumsum([0, *(sound.length for sound in sounds)])
    frames = np.concatenate([sound.frames + begin for sound, begin in zip(sounds, begins, strict=False)])
    return Sound(frames, np.concatenate([sound.pitches for sound in sounds]), int(begins[-1]))


@pytest.fixture(scope="session")
def find(entry: MakeEntry, signal: MakeSignal) -> Find:
    """Return a way to look for one sound among known ones."""

    def look(query: Sound, *known: Sound) -> list[Finding]:
        index = SoundMatcher().build([entry(SOUND, packed(one)) for one in known])
        return list(index.find([signal(SOUND, packed(query))]))

    return look


def near(finding: Finding, query: tuple[float, float], known: tuple[float, float]) -> bool:
    """Whether the intervals are these within 0.6 s at each end."""
    assert finding.interval_query is not None
    assert finding.interval_known is not None
    found = (finding.interval_query.start, finding.interval_query.end,
             finding.interval_known.start, finding.interval_known.end)  # fmt: skip
    return bool(np.allclose(found, [*query, *known], atol=0.6))


def test_the_same_sound_is_found_whole(find: Find) -> None:
    """Nothing lies between a sound and itself."""
    known = scattered(1, 40)
    (finding,) = find(known, scattered(2, 40), known, scattered(3, 40))
    assert near(finding, (0, 40), (0, 40))
    assert (finding.distance, finding.verified, finding.transform) == (0, True, None)


def test_ten_seconds_are_found_where_they_are(find: Find) -> None:
    """An excerpt within something longer: both intervals are those ten seconds."""
    known = scattered(4, 120)
    query = joined(scattered(5, 17), copy(known, 80, 10), scattered(6, 25))
    (finding,) = find(query, known, scattered(7, 60))
    assert near(finding, (17, 27), (80, 90))
    assert finding.verified


@pytest.mark.parametrize(
    ("speed", "higher", "told"),
    [
        (1.05, 48 * np.log2(1.05), "speed ×1.05"),
        (0.92, 48 * np.log2(0.92), "speed ×0.92"),
        (1.08, 0, "tempo ×1.08"),
        (0.92, 0, "tempo ×0.92"),
        (1, 3, "pitch ×1.04"),
        (1, -3, "pitch ×0.96"),
        (1.05, -4, "tempo ×1.05, pitch ×0.94"),
    ],
)
def test_faster_and_higher_is_found_and_told(find: Find, speed: float, higher: float, told: str) -> None:
    """Speed, tempo and pitch may change by some per cent, and the match says which and by how much."""
    known = scattered(8, 60)
    (finding,) = find(copy(known, 30, 10, speed, higher, kept=0.8), known, scattered(9, 60))
    assert finding.transform == told
    assert near(finding, (0, 10 / speed), (30, 40))


@pytest.mark.parametrize("seed", range(4))
def test_with_more_noise_than_sound_it_is_found(find: Find, seed: int) -> None:
    """Four in ten landmarks that are still there are enough, and the distance says that six are not."""
    known = scattered(10 + seed, 60)
    (finding,) = find(copy(known, 20, 10, kept=0.4, seed=seed), known, scattered(20, 60))
    assert finding.verified
    assert 0.4 < finding.distance < 0.65


@pytest.mark.parametrize("seed", range(12))
def test_other_sounds_are_not_found(find: Find, seed: int) -> None:
    """Landmarks as dense as speech, but others."""
    assert find(scattered(100 + seed, 60), *(scattered(200 + number, 60) for number in range(20))) == []


def test_another_song_on_the_same_beat_and_scale_is_not_found(find: Find) -> None:
    """Half of its landmarks agree when bar lies on bar; so they do one bar later, and that gives it away."""

    def song(seed: int) -> Sound:
        random = np.random.default_rng(seed)
        beats = np.repeat(np.arange(0, 3000, 15), 4)
        return of(beats, random.choice(np.arange(20, 160, 14), len(beats)), 3000)

    assert find(song(1), *(song(seed) for seed in range(2, 10))) == []
    (finding,) = find(copy(song(1), 20, 10, kept=0.9), song(1), song(2))
    assert near(finding, (0, 10), (20, 30))


def test_a_loop_is_found(find: Find) -> None:
    """Five seconds that come again and again agree with themselves later: that is no chance."""
    part = scattered(30, 5)
    (finding,) = find(copy(part, 0, 5, kept=0.9), joined(part, part, part, part))
    assert finding.interval_query is not None
    assert finding.interval_query.end > 4


def test_a_chime_is_not_enough(find: Find) -> None:
    """One second in common, however well it agrees, is no recording."""
    chime = scattered(31, 1, 24)
    assert find(joined(scattered(32, 10), chime, scattered(33, 10)), joined(chime, scattered(34, 30))) == []


def test_the_strongest_of_several_stretches_is_given(find: Find) -> None:
    """Where two excerpts of a known sound stand in a query, the longer is told."""
    known = scattered(35, 100)
    query = joined(copy(known, 70, 8), scattered(36, 10), copy(known, 20, 20))
    (finding,) = find(query, known)
    assert near(finding, (18, 38), (20, 40))


def test_an_hour_in_the_query_keeps_its_alignment(find: Find) -> None:
    """A speed that is off by a little adds up over minutes: the line is fitted as the stretch grows."""
    known = scattered(37, 600)
    (finding,) = find(copy(known, 0, 600, speed=1.013, kept=0.7), known)
    assert near(finding, (0, 592.3), (0, 600))


def test_a_made_voice_is_found_in_another_ones_noise(find: Find) -> None:
    """From samples on: ten seconds of a voice with white noise, and no other voice of that kind."""
    from qalqan.signals.landmarks import Listener

    def heard(samples: voices.Sound) -> Sound:
        listener = Listener()
        listener.hear(samples[::2].astype(np.float32))
        listener.end()
        return Sound(*listener.taken(), listener.length)

    spoken = [voices.speak(25, (seed,)) for seed in range(4)]
    noise = np.random.default_rng(0).standard_normal(10 * voices.RATE) * spoken[1].std() * 0.3
    (finding,) = find(heard(spoken[1][8 * voices.RATE : 18 * voices.RATE] + noise), *map(heard, spoken))
    assert near(finding, (0, 10), (8, 18))
    assert find(heard(voices.speak(25, (9,))), *map(heard, spoken)) == []


def test_an_entry_that_cannot_be_read_stops_no_other(entry: MakeEntry, signal: MakeSignal) -> None:
    """A damaged value in the store is passed over."""
    known = scattered(40, 20)
    entries = [entry(SOUND, "damaged"), entry(SOUND, packed(known)), entry(SOUND, "")]
    index = SoundMatcher().build(entries)
    assert list(index.find([signal(SOUND, "damaged too")])) == []
    assert [found.entry for found in index.find([signal(SOUND, packed(known))])] == [entries[1]]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3000), st.integers(1, 60))
def test_whatever_is_asked_there_is_an_answer(find: Find, seed: int, length: int, rate: int) -> None:
    """Few landmarks or many, in short sounds or long ones: an answer, and only of intervals that exist."""
    random = np.random.default_rng(seed)
    count = max(1, length * rate // 50)
    query = of(random.integers(0, length, count), random.integers(0, 182, count), length)
    for finding in find(query, query, scattered(41, 20)):
        assert finding.interval_query is not None
        assert 0 <= finding.interval_query.start < finding.interval_query.end <= length / 50 + 0.2
        assert 0 <= finding.distance < 1


def test_crowded_landmarks_are_answered_in_bounded_time(find: Find) -> None:
    """A sound made to give as many votes as can be: the same chord at each frame."""
    frames, pitches = np.divmod(np.arange(3000 * 20), 20)
    chord = of(frames, pitches * 9, 3000)
    assert len(find(chord, chord)) <= 1


def test_a_value_made_by_hand_of_all_pitches_at_once_is_answered(find: Find) -> None:
    """More landmarks in ten seconds than a vote can number are cut, not read past."""
    everything = of(*np.divmod(np.arange(700 * 182), 182), 700)
    assert len(find(everything, scattered(43, 20), everything)) <= 2


def test_a_known_triplet_is_among_the_probes_of_its_copy() -> None:
    """Of triplets whose landmarks move by a frame and a step of pitch, most have a hash that is looked up."""
    known = scattered(42, 30)
    moved = Sound(known.frames, (known.pitches.astype(int) + 1).clip(0, 181).astype(np.uint8), known.length)
    hashes = []
    for sound in (known, moved):
        firsts, found = np.empty(6 * len(sound.frames), np.uint32), np.empty(6 * len(sound.frames), np.uint32)
        count = known_triplets(sound.frames, sound.pitches, firsts, found)
        hashes.append(set(zip(firsts[:count].tolist(), found[:count].tolist(), strict=True)))
    assert len(hashes[0]) > 2000
    assert len(hashes[0] & hashes[1]) > 0.5 * len(hashes[0])
    tried = np.empty(64, np.int64)
    assert 1 <= probes(np.array([30.2, 31.5, 4.4, 10.1, 3.9]), tried) <= 32


def test_chance_has_no_strength() -> None:
    """As many as come by chance prove nothing; each factor of ten in probability is one more."""
    assert strength(20, 200, 0.1) == 0
    assert strength(19, 200, 0.1) == 0
    assert strength(10, 10, 0.1) == pytest.approx(10)
    assert strength(100, 200, 0.1) > strength(80, 200, 0.1) > strength(40, 100, 0.1) > 8


def test_a_table_can_lie_in_a_mapped_file(tmp_path: Path) -> None:
    """Its arrays are plain: what is read back from files without loading them answers the same."""
    from dataclasses import fields, replace

    from qalqan.match.sounds.search import stretches

    sounds = [scattered(50 + number, 30) for number in range(5)]
    table = table_of(sounds)
    mapped = {}
    for field in fields(table):
        if isinstance(value := getattr(table, field.name), np.ndarray):
            np.save(tmp_path / f"{field.name}.npy", value)
            mapped[field.name] = np.load(tmp_path / f"{field.name}.npy", mmap_mode="r")
    query = copy(sounds[3], 5, 10)
    assert list(stretches(query, replace(table, **mapped), 8)) == list(stretches(query, table, 8)) != []

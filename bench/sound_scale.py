"""`make bench ARGS=sound-scale`: what a search costs when very much sound is known."""

from __future__ import annotations

import statistics
import time

import numpy as np

from bench import sound_material as material
from bench.sound_edits import faster, hiss
from bench.sound_material import RATE
from qalqan.match.sounds.search import stretches
from qalqan.match.sounds.table import Table, table_of
from qalqan.model.sound import Sound
from qalqan.signals.landmarks import Listener


def measure(landmarks: int = 10_000_000, queries: int = 20) -> None:
    """Print bytes, time to build, and time to search for ten seconds, among so many known landmarks.

    The sounds are those of voices, songs and music, their seconds shuffled and their pitches moved for each copy: so
    they have the same crowded and empty buckets as real ones.
    """
    made = [material.spoken(seed, 60) for seed in range(16)]
    made += [material.sung(seed, 60) for seed in range(8)] + [material.played(seed, 60) for seed in range(8)]
    heard = [_heard(sound) for sound in made]
    for count in (landmarks // 100, landmarks // 10, landmarks):
        _measure(heard, made, count, queries)


def _measure(heard: list[Sound], made: list[material.Sound], count: int, queries: int) -> None:
    rng = np.random.default_rng(1)
    known, total = list(heard), sum(len(sound.frames) for sound in heard)
    while total < count:
        known.append(_shuffled(heard[int(rng.integers(len(heard)))], rng))
        total += len(known[-1].frames)
    started = time.process_time()
    table = table_of(known)
    built = time.process_time() - started
    list(stretches(heard[0], table, 8.0))
    times, found = [], 0
    for number in range(queries):
        sound = made[number % len(made)]
        start = int(rng.integers(len(sound) - 10 * RATE))
        query = _heard(hiss(10)(faster(1.03)(sound[start : start + 10 * RATE], 0), number))
        started = time.process_time()
        found += any(stretch.owner == number % len(made) for stretch in stretches(query, table, 10.0))
        times.append(time.process_time() - started)
    hours = sum(sound.length for sound in known) / 50 / 3600
    print(
        f"{total:>11,} landmarks, {hours:5.0f} h: built in {built:4.0f} s,",
        f"{_bytes(table) / total:4.0f} bytes a landmark,",
        f"search of 10 s median {1000 * statistics.median(times):5.0f} ms, most {1000 * max(times):5.0f} ms,",
        f"found {found} of {queries}",
    )


def _heard(sound: material.Sound) -> Sound:
    listener = Listener()
    half = len(sound) // 2  # half as many samples a second, without what lies above 4,000 Hz
    listener.hear((np.fft.irfft(np.fft.rfft(sound)[: half // 2 + 1], half) / 2).astype(np.float32))
    listener.end()
    return Sound(*listener.taken(), listener.length)


def _shuffled(sound: Sound, rng: np.random.Generator) -> Sound:
    """Return a sound with the same seconds in another order, all of it higher or lower."""
    seconds = sound.length // 50 + 1
    frames = rng.permutation(seconds)[sound.frames // 50] * 50 + sound.frames % 50
    pitches = sound.pitches.astype(np.int64) + int(rng.integers(-60, 61))
    good = (pitches >= 0) & (pitches < 182)
    places = np.unique(frames[good] * 182 + pitches[good])
    return Sound(places // 182, (places % 182).astype(np.uint8), seconds * 50)


def _bytes(table: Table) -> int:
    return sum(array.nbytes for array in (table.frames, table.pitches, table.begins, table.starts, table.firsts))

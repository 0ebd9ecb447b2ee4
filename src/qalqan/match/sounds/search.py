"""Finds the stretches that a sound shares with known ones, and says how unlikely each is to be chance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from qalqan.match.sounds.align import SPEEDS, first_fit, longest, partners, shares, voted
from qalqan.match.sounds.table import APART, Table
from qalqan.model.sound import Sound

WINDOW, STEP = 500, 400
"""Frames of a query that are looked up at once, and from one such window to the next."""
DRIFT = 100
"""Frames by which the votes of one window may differ: what 8 % of speed make of ten seconds, and what comes beside."""
FEWEST_VOTES = 4
"""Landmarks that must vote for an alignment before it is looked at."""
MOST_LOOKS = 16
"""Alignments of one window that are looked at, those with the most votes."""
MOST_LANDMARKS = 4096
"""Landmarks of a window that are asked for. An extractor gives 32 a second: more come only of a value made by hand."""
SHIFTS = np.concatenate([np.arange(-600.0, -11, 2), np.arange(12.0, 601, 2)])
"""Frames by which an alignment is moved to see how often landmarks agree by chance."""
LEAST_CHANCE, MOST_CHANCE = 0.1, 0.6
"""Bounds on that share. A film that runs in a loop agrees with itself a loop later: this must not count as chance."""
MOST_COMPARED = 1000
"""Landmarks of a stretch that are moved so."""
ROUNDS = 12
"""How often a stretch may grow; each time threefold."""
FITS = 3
"""How often a line is fitted to the landmarks that agree with it before these are counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """Query frame f is known frame `speed · (f - at) + known`; known pitches are `higher` than the query's."""

    speed: float
    at: float
    known: float
    higher: float

    def place(self, frame: float) -> float:
        """Return the known frame."""
        return self.speed * (frame - self.at) + self.known


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch that a query shares with a known sound."""

    line: Line
    owner: int
    first: int
    """Frame of the query."""
    last: int
    landmarks: int
    """Of the query in this stretch."""
    agreeing: int
    """Of these, how many the known sound has in the same place."""
    chance: float = 1.0
    """Share that agrees by chance: how it is in other places of the same known sound."""
    strength: float = 0.0
    """Minus the decimal logarithm of the probability that so many agree by chance."""


def stretches(sound: Sound, table: Table, enough: float) -> Iterator[Stretch]:
    """Yield every stretch of at least the strength `enough`, each place of a known sound by itself."""
    found: list[Stretch] = []
    for window in _windows(sound):
        for line in _lines(window, table):
            if any(_same(line, other) for other in found):
                continue
            stretch = _grown(sound, table, line, window)
            if strength(stretch.agreeing, stretch.landmarks, LEAST_CHANCE) < enough:
                continue  # no chance would make it strong: spare the comparison
            stretch = _judged(sound, table, stretch)
            if stretch.strength >= enough:
                found.append(stretch)
                yield stretch


def _windows(sound: Sound) -> Iterator[Sound]:
    """Yield overlapping parts of ten seconds; a sound of up to fourteen is one part."""
    for first in range(0, max(1, sound.length - WINDOW + STEP // 2), STEP):
        until = sound.length if sound.length <= WINDOW + STEP // 2 else first + WINDOW
        window = _part(sound, first, until)
        if len(window.frames) >= FEWEST_VOTES:
            yield Sound(window.frames[:MOST_LANDMARKS], window.pitches[:MOST_LANDMARKS], sound.length)


def _part(sound: Sound, first: int, until: int) -> Sound:
    low, high = np.searchsorted(sound.frames, [first, until])
    return Sound(sound.frames[low:high], sound.pitches[low:high], sound.length)


def _same(line: Line, other: Stretch) -> bool:
    """Whether a line of a later window is a stretch that was found already."""
    within = other.first <= line.at <= other.last
    return within and abs(other.line.place(line.at) - line.known) < DRIFT / 2


def _lines(window: Sound, table: Table) -> Iterator[Line]:
    """Yield the alignments with the most votes."""
    votes = table.votes(window)
    scores, pitches = np.empty(len(votes), np.int64), np.empty(len(votes), np.int64)
    voted(votes, len(window.frames), DRIFT, scores, pitches)
    later = votes >> 24
    at = float(window.frames[0] + window.frames[-1]) / 2
    for row in _peaks(scores, later):
        mine = slice(int(np.searchsorted(later, later[row] - DRIFT)), row + 1)
        agree = np.abs(((votes[mine] >> 16) & 255) - pitches[row]) <= 1
        query = window.frames[votes[mine][agree] & 0xFFFF]
        speed, known, _ = first_fit(query, query + later[mine][agree], at, SPEEDS)
        yield Line(speed, at, known, float(pitches[row] - 128))


def _peaks(scores: npt.NDArray[np.int64], later: npt.NDArray[np.int64]) -> Iterator[int]:
    """Yield up to sixteen rows with the highest scores that are not one alignment seen twice."""
    enough = np.flatnonzero(scores >= FEWEST_VOTES)
    taken: list[int] = []
    for row in enough[np.argsort(-scores[enough], kind="stable")].tolist():
        if all(abs(int(later[row] - later[other])) > DRIFT // 2 for other in taken):
            taken.append(row)
            yield row
        if len(taken) == MOST_LOOKS:
            return


def _grown(sound: Sound, table: Table, line: Line, window: Sound) -> Stretch:
    """Fit the line and let the stretch grow from the window as far as the two sounds agree."""
    owner = table.owner(line.known)
    grown = Stretch(line, owner, 0, 0, 1, 0)
    span = int(window.frames[0]), int(window.frames[-1]) + 1
    for _ in range(ROUNDS):
        part = _part(sound, *span)
        for _again in range(FITS):
            line = _fitted(part, table, line)
        now = _agreeing(part, table, line, owner)
        if now.agreeing <= grown.agreeing:
            break
        grown = now
        reach = now.last - now.first
        if span[0] <= 0 and span[1] >= sound.length:
            break
        span = max(0, now.first - reach), min(sound.length, now.last + reach)
    return grown


def _where(part: Sound, table: Table, line: Line) -> npt.NDArray[np.int64]:
    out = np.empty(len(part.frames), np.int64)
    known = (line.speed, line.at, line.known, line.higher)
    partners(part.frames, part.pitches, table.frames, table.pitches, known, out)
    return out


def _fitted(part: Sound, table: Table, line: Line) -> Line:
    """Return the line of least squares through the landmarks that agree in the stretch where most do."""
    where = _where(part, table, line)
    first, until = _segment(where >= 0)
    hits = np.flatnonzero(where[first:until] >= 0) + first
    if len(hits) < FEWEST_VOTES or part.frames[hits[0]] == part.frames[hits[-1]]:
        return line
    query, known = part.frames[hits].astype(np.float64), table.frames[where[hits]].astype(np.float64)
    at = float(query.mean())
    speed = float(((query - at) * (known - known.mean())).sum() / ((query - at) ** 2).sum())
    if not SPEEDS[0] <= speed <= SPEEDS[-1]:
        return line
    higher = float(np.mean(table.pitches[where[hits]].astype(np.float64) - part.pitches[hits]))
    return Line(speed, at, float(known.mean()), higher)


def _segment(hits: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Return the stretch of landmarks in which more agree than by chance, at seven tenths of the share of all."""
    if not len(hits):
        return 0, 0
    usual = min(max(0.7 * float(hits.mean()), LEAST_CHANCE + 0.12), 0.8)
    return longest(hits, math.log(usual / LEAST_CHANCE), -math.log((1 - usual) / (1 - LEAST_CHANCE)))


def _agreeing(part: Sound, table: Table, line: Line, owner: int) -> Stretch:
    """Return the stretch of `part` that agrees along `line`."""
    hits = _where(part, table, line) >= 0
    first, until = _segment(hits)
    if until == first:
        return Stretch(line, owner, 0, 0, 1, 0)
    return Stretch(
        line, owner, int(part.frames[first]), int(part.frames[until - 1]), until - first, int(hits[first:until].sum())
    )  # fmt: skip


def _judged(sound: Sound, table: Table, stretch: Stretch) -> Stretch:
    """Return the stretch with its strength: beside the most deceptive false alignment in the same known sound.

    Music keeps to its beats and its scale: another song of the same pace agrees often. But then it agrees as often when
    it is moved by a beat, which this sees.
    """
    part = _part(sound, stretch.first, stretch.last + 1)
    line = stretch.line
    begin, end = table.begins[stretch.owner : stretch.owner + 2].tolist()
    low, high = _rows_near(table, line, stretch)
    middle = max(0, len(part.frames) - MOST_COMPARED) // 2
    some = slice(middle, middle + MOST_COMPARED)
    places = SHIFTS + line.place((stretch.first + stretch.last) / 2)
    shifts = SHIFTS[(places >= begin) & (places < end - APART)]
    out = np.zeros(max(1, len(shifts)))
    known = (line.speed, line.at, line.known, line.higher)
    shares(
        part.frames[some], part.pitches[some], table.frames[low:high], table.pitches[low:high], known, shifts, out
    )  # fmt: skip
    chance = min(max(float(out.max()), LEAST_CHANCE), MOST_CHANCE)
    return replace(stretch, chance=chance, strength=strength(stretch.agreeing, stretch.landmarks, chance))


def _rows_near(table: Table, line: Line, stretch: Stretch) -> tuple[int, int]:
    """Return from which to which known landmark the stretch can reach when it is moved."""
    ends = [line.place(stretch.first) + SHIFTS[0] - APART, line.place(stretch.last) + SHIFTS[-1] + APART]
    low, high = np.searchsorted(table.frames, np.clip(ends, 0, (1 << 32) - 1).astype(np.uint32))
    return int(low), int(high)


def strength(agreeing: int, landmarks: int, chance: float) -> float:
    """Return minus the decimal logarithm of the probability that so many or more agree by chance (Chernoff's bound)."""
    share = agreeing / landmarks
    if share <= chance:
        return 0.0
    rest = (1 - share) * math.log((1 - share) / (1 - chance)) if share < 1 else 0.0
    return landmarks * (share * math.log(share / chance) + rest) / math.log(10)

"""Where in a sound one pitch stands out: peaks of its spectrogram over logarithmic frequency.

A faster or higher copy has the same peaks, moved: that is what makes them a fingerprint (A. Wang, "An
Industrial-Strength Audio Search Algorithm", ISMIR 2003; over logarithmic frequency: J. Six and M. Leman, "Panako",
ISMIR 2014). The band is 250 to 3,400 Hz: a telephone passes it, and voices and melodies have most of their tone there.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from qalqan.model.sound import FRAME_SECONDS, PITCHES, STEPS_AN_OCTAVE, Frames, Pitches

RATE = 8000
"""Samples a second that are listened to."""
HOP = round(FRAME_SECONDS * RATE)
WINDOW = 1024
LOWEST = 250.0
STEPS_A_BAND = 2
BANDS = PITCHES // STEPS_A_BAND
SECOND = RATE // HOP
"""Frames a second."""
BLOCK = 30 * SECOND
"""Frames that are listened to at once."""
MARGIN = SECOND
"""Frames before and after a block that its first and last frames are compared with."""
FLOOR = 1e-4
"""Added to magnitudes: 128 dB under the loudest tone, so that silence has a logarithm."""

ALONE = (13, 7)
"""Frames and bands around a landmark in which nothing is louder."""
AROUND = (51, 25)
"""Frames and bands whose mean a landmark is compared with."""
STANDS_OUT = 6.0
"""Decibels by which a landmark is louder than that mean."""
RISES = 2.0
"""Decibels by which it is louder than its own band is around that time: a steady tone has no moments."""
A_SECOND = 32
"""Landmarks of one second that are kept, those that stand out most."""

Samples = npt.NDArray[np.float32]


class Listener:
    """Takes a sound piece by piece and finds its landmarks, a block at a time. Memory does not grow with its length."""

    def __init__(self) -> None:
        self.heard = 0
        """Samples so far."""
        self._found: list[tuple[Frames, Pitches]] = []
        self._next = 0
        """First frame of the next block."""
        self._pieces: list[Samples] = []
        self._held = 0
        """Samples in the pieces."""
        self._held_from = 0
        """Frame at which they begin."""

    @property
    def length(self) -> int:
        """Frames so far, the last one perhaps not full."""
        return -(-self.heard // HOP)

    def hear(self, samples: Samples) -> None:
        """Take the next samples, -1 to 1, 8,000 a second."""
        self.heard += len(samples)
        self._pieces.append(samples)
        self._held += len(samples)
        while self._held >= self._wanted():
            self._listen(self._next + BLOCK, self._wanted())

    def end(self) -> None:
        """Listen to what is left. What is shorter than a window has nothing to tell."""
        self._listen(self._next + BLOCK + MARGIN, self._held)

    def taken(self) -> tuple[Frames, Pitches]:
        """Return the landmarks found since this was asked before, in the order of time."""
        found, self._found = self._found, []
        frames = np.concatenate([np.empty(0, np.int64), *(frames for frames, _ in found)])
        return frames, np.concatenate([np.empty(0, np.uint8), *(pitches for _, pitches in found)])

    def _wanted(self) -> int:
        return (self._next + BLOCK + MARGIN - self._held_from) * HOP + WINDOW

    def _listen(self, until: int, samples: int) -> None:
        """Find the landmarks of the frames up to `until`, of the held samples up to `samples`."""
        held = np.concatenate([np.empty(0, np.float32), *self._pieces])
        frames, pitches = landmarks(spectrogram(held[:samples]))
        frames = frames + self._held_from
        chosen = (frames >= self._next) & (frames < until)
        self._found.append((frames[chosen], pitches[chosen]))
        first = max(0, until - MARGIN)
        rest = held[(first - self._held_from) * HOP :].copy()
        self._pieces, self._held = [rest], len(rest)
        self._next, self._held_from = until, first


def spectrogram(samples: Samples) -> npt.NDArray[np.float32]:
    """Return the loudness in decibels of each frame and band, (frames, 91) float32."""
    if len(samples) < WINDOW:
        return np.empty((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    magnitudes = np.abs(np.fft.rfft(frames * _HANN, axis=1)).astype(np.float32, copy=False)
    return np.asarray(20 * np.log10(magnitudes @ _BANDS + np.float32(FLOOR)), np.float32)


def landmarks(loudness: npt.NDArray[np.float32]) -> tuple[Frames, Pitches]:
    """Return the frames and pitches of the landmarks of a spectrogram, in the order of time.

    Seconds are counted from its first frame.
    """
    if not len(loudness):
        return np.empty(0, np.int64), np.empty(0, np.uint8)
    over = loudness - cv2.blur(loudness, AROUND[::-1], borderType=cv2.BORDER_REPLICATE)
    rises = loudness - cv2.blur(loudness, (1, AROUND[0]), borderType=cv2.BORDER_REPLICATE)
    peaks = (loudness >= cv2.dilate(loudness, np.ones(ALONE, np.uint8))) & (over >= STANDS_OUT) & (rises >= RISES)
    peaks[:, [0, -1]] = False  # whether a peak of the outermost bands is one cannot be seen
    frames, bands = np.nonzero(peaks)
    chosen = _loudest(frames // SECOND, over[frames, bands])
    frames, bands = frames[chosen], bands[chosen]
    return frames.astype(np.int64), _pitches(loudness, frames, bands)


def _loudest(seconds: npt.NDArray[np.intp], over: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
    """Return which of the peaks are among the first of their second, in the order of time."""
    order = np.lexsort((-over, seconds))
    rank = np.arange(len(order)) - np.searchsorted(seconds, seconds[order], side="left")
    return np.sort(order[rank < A_SECOND])


def _pitches(loudness: npt.NDArray[np.float32], frames: npt.NDArray[np.intp], bands: npt.NDArray[np.intp]) -> Pitches:
    """Return each peak's pitch between the bands: the top of a parabola through it and its neighbours."""
    below, here, above = (loudness[frames, bands + side] for side in (-1, 0, 1))
    bend = np.minimum(below - 2 * here + above, -1e-6)
    exact = bands + np.clip((below - above) / (2 * bend), -0.5, 0.5)
    return np.asarray(np.rint(exact * STEPS_A_BAND), np.uint8)


def _bands() -> npt.NDArray[np.float32]:
    """Return the weights of each frequency in each band, (513, 91): a triangle, at least one frequency wide."""
    frequencies = np.arange(WINDOW // 2 + 1)[:, None] * (RATE / WINDOW)
    each = STEPS_AN_OCTAVE / STEPS_A_BAND
    centres = LOWEST * 2 ** (np.arange(BANDS) / each)
    widths = np.maximum(centres * (2 ** (1 / each) - 1), RATE / WINDOW)
    weights = np.maximum(0, 1 - np.abs(frequencies - centres) / widths)
    return np.asarray(weights / weights.sum(axis=0), np.float32)


_HANN = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
_BANDS = _bands()

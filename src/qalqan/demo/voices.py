"""Sound made of tones: a voice-like line of vowels over a quiet chord."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Samples a second."""

Sound = NDArray[np.float32]
"""`(samples,) float32` in -1..1, one channel."""

# First three formants in Hz of five vowels, rounded from Peterson and Barney, "Control Methods Used in a Study of
# the Vowels", Journal of the Acoustical Society of America 24 (1952).
_VOWELS = np.array([(730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240)])
_PAUSES = 0.15
_SCALE = np.array([1, 9 / 8, 5 / 4, 4 / 3, 3 / 2, 5 / 3, 2])


def speak(seconds: float, seed: tuple[int, ...]) -> Sound:
    """Return a tune of sung vowels, different for each seed."""
    rng = np.random.default_rng(seed)
    root = float(rng.uniform(95, 190))
    syllables = [_syllable(rng, root) for _ in range(int(seconds / 0.2) + 1)]
    voice = np.concatenate(syllables)[: round(seconds * RATE)]
    return np.asarray((voice + _chord(len(voice), root, rng)) * 0.8, np.float32)


def _syllable(rng: np.random.Generator, root: float) -> Sound:
    length = int(rng.uniform(0.2, 0.5) * RATE)
    at = np.arange(length) / RATE
    pitch = root * float(rng.choice(_SCALE)) * (1 + 0.01 * np.sin(2 * np.pi * 5 * at))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    harmonics = np.arange(1, 13)
    loud = _spectrum(float(pitch[0]) * harmonics, _VOWELS[int(rng.integers(len(_VOWELS)))])
    tone = loud @ np.sin((harmonics[:, None] * phase).astype(np.float32))
    edge = np.minimum(1, np.minimum(at, at[::-1]) / 0.03)
    return np.asarray(tone * edge / np.abs(tone).max() * 0.6 * (rng.random() > _PAUSES), np.float32)


def _spectrum(frequencies: NDArray[np.floating], formants: NDArray[np.int64]) -> NDArray[np.float64]:
    gains = np.exp(-(((frequencies[:, None] - formants) / 130.0) ** 2) / 2) * (1, 0.6, 0.3)
    return np.asarray(gains.sum(axis=1) + 0.03, np.float64)


def _chord(length: int, root: float, rng: np.random.Generator) -> NDArray[np.float64]:
    at = np.arange(length) / RATE
    parts = [np.sin(2 * np.pi * root * 2 * float(step) * at) for step in rng.choice(_SCALE, 3, replace=False)]
    return np.asarray(np.sum(parts, axis=0) * 0.05 * (1 + 0.5 * np.sin(2 * np.pi * at / 3.7)))

"""What people do to a sound before they post it again: each edit takes ten seconds of it and gives the copy."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.sound_material import RATE, Sound, decoded, levelled, resampled

Edit = Callable[[Sound, int], Sound]
"""From a sound and a seed."""


def coded(suffix: str, *options: str) -> Edit:
    """Return saving in a lossy form and reading that."""

    def edit(sound: Sound, seed: int) -> Sound:  # noqa: ARG001 - chance has no part in it
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"sound.{suffix}"
            command = ["ffmpeg", "-v", "error", *_RAW, "-i", "-", *options, str(path)]
            subprocess.run(command, input=sound.tobytes(), check=True)
            return decoded(path)

    return edit


_RAW = ("-f", "f32le", "-ac", "1", "-ar", str(RATE))


def filtered(*filters: str) -> Edit:
    """Return one of ffmpeg's filters."""

    def edit(sound: Sound, seed: int) -> Sound:  # noqa: ARG001 - chance has no part in it
        command = ["ffmpeg", "-v", "error", *_RAW, "-i", "-", "-af", ",".join(filters), *_RAW, "-"]
        done = subprocess.run(command, input=sound.tobytes(), capture_output=True, check=True)
        return np.frombuffer(done.stdout, np.float32)

    return edit


def under(others: list[Sound], decibels: float) -> Edit:
    """Return another sound mixed in, `decibels` quieter in power."""

    def edit(sound: Sound, seed: int) -> Sound:
        rng = np.random.default_rng(seed)
        other = np.resize(np.roll(others[seed % len(others)], -int(rng.integers(10 * RATE))), len(sound))
        gain = np.sqrt(np.mean(sound**2) / max(float(np.mean(other**2)), 1e-12)) * 10 ** (-decibels / 20)
        return levelled(sound + gain * other, 0.7)

    return edit


def hiss(decibels: float) -> Edit:
    """Return white noise, `decibels` quieter in power."""

    def edit(sound: Sound, seed: int) -> Sound:
        noise = np.random.default_rng(seed).standard_normal(len(sound)).astype(np.float32)
        return under([noise], decibels)(sound, seed)

    return edit


def room(sound: Sound, seed: int) -> Sound:
    """Return the sound in a hard room: an echo that dies away by 60 dB in 0.8 s."""
    length = round(0.8 * RATE)
    answer = np.random.default_rng(seed).standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    answer *= 0.6 / np.sqrt((answer**2).sum())
    answer[0] = 1
    size = 1 << (len(sound) + length).bit_length()
    return levelled(np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(answer, size), size)[: len(sound)])


def gaps(sound: Sound, seed: int) -> Sound:
    """Return the sound with eight holes of 150 ms, as a bad line leaves them."""
    out = sound.copy()
    for start in np.random.default_rng(seed).integers(0, len(sound) - RATE, 8).tolist():
        out[start : start + round(0.15 * RATE)] = 0
    return out


def rubber(tempo: float = 1.0, pitch: float = 1.0) -> Edit:
    """Return a change of tempo without pitch, or of pitch without tempo."""
    return filtered(f"rubberband=tempo={tempo}:pitch={pitch}")


def faster(ratio: float) -> Edit:
    """Return playing faster, and so higher."""
    return lambda sound, seed: resampled(sound, ratio)  # noqa: ARG005 - chance has no part in it


def chain(*edits: Edit) -> Edit:
    """Return edits one after the other."""

    def edit(sound: Sound, seed: int) -> Sound:
        for one in edits:
            sound = one(sound, seed)
        return sound

    return edit


def all_edits(music: list[Sound], babble: list[Sound], voice: list[Sound]) -> dict[str, tuple[Edit, float]]:
    """Return each edit by its name, and how many times faster its copy is. The three are what is mixed in."""
    same: dict[str, Edit] = {
        "MP3, 64 kbit/s": coded("mp3", "-b:a", "64k"),
        "MP3, 32 kbit/s": coded("mp3", "-b:a", "32k"),
        "Opus, 16 kbit/s": coded("ogg", "-c:a", "libopus", "-b:a", "16k"),
        "GSM telephone, 8 kHz": coded("gsm", "-ar", "8000", "-c:a", "libgsm"),
        "300 to 3400 Hz, 8 kHz": filtered("highpass=f=300", "lowpass=f=3400", "aresample=8000"),
        "white noise 10 dB below": hiss(10),
        "white noise 5 dB below": hiss(5),
        "babble 5 dB below": under(babble, 5),
        "babble as loud": under(babble, 0),
        "music 5 dB below": under(music, 5),
        "music as loud": under(music, 0),
        "another voice as loud": under(voice, 0),
        "20 dB quieter": filtered("volume=-20dB", "aformat=sample_fmts=s16"),
        "clipped by 12 dB": lambda sound, _: np.clip(levelled(sound, 4), -1, 1).astype(np.float32),
        "bass +12 dB, treble -12 dB": filtered("volume=-12dB", "bass=g=12", "treble=g=-12:f=2000"),
        "bass -12 dB, treble +12 dB": filtered("volume=-12dB", "bass=g=-12", "treble=g=12:f=2000"),
        "compressed 8 to 1": filtered("acompressor=threshold=-35dB:ratio=8:attack=5:release=80:makeup=8"),
        "hard room": room,
        "echo": filtered("aecho=0.8:0.7:120|260:0.5|0.3"),
        "eight gaps of 150 ms": gaps,
    }
    changed: dict[str, tuple[Edit, float]] = {name: (edit, 1.0) for name, edit in same.items()}
    for percent in (-5, -3, 3, 5):
        changed[f"pitch {percent:+} %"] = rubber(pitch=1 + percent / 100), 1.0
    for percent in (-8, -5, 5, 8):
        changed[f"tempo {percent:+} %"] = rubber(tempo=1 + percent / 100), 1 + percent / 100
    changed["tempo +8 % by overlap"] = filtered("atempo=1.08"), 1.08
    for percent in (-8, -5, -3, 3, 5, 8):
        changed[f"speed {percent:+} %"] = faster(1 + percent / 100), 1 + percent / 100
    changed["tempo +5 %, pitch -5 %, MP3 48 kbit/s"] = chain(rubber(1.05, 0.95), coded("mp3", "-b:a", "48k")), 1.05
    opus = coded("ogg", "-c:a", "libopus", "-b:a", "24k")
    changed["speed +5 %, music 5 dB below, Opus 24 kbit/s"] = chain(faster(1.05), under(music, 5), opus), 1.05
    return changed

"""Sounds to measure with: spoken, sung and played by machines, spoken by people, and what films bring. All harmless."""

from __future__ import annotations

import random
import re
import subprocess
import wave
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from qalqan.demo import voices

RATE = voices.RATE
Sound = NDArray[np.float32]
"""`(samples,) float32` in -1..1, one channel, 16,000 a second."""

WORDS = {
    "en": "the lake is calm today bus comes late again near old bridge we meet at noon with bread tea apples market "
    "children school river boat winter summer garden window letter friend music kitchen station morning evening",
    "ru": "озеро сегодня спокойное автобус опять опоздал возле старого моста мы встретимся днём хлеб чай яблоки рынок "
    "дети школа река лодка зима лето сад окно письмо друг музыка кухня вокзал утро вечер",
    "tr": "göl bugün sakin otobüs yine geç geldi eski köprünün yanında öğlen buluşuruz ekmek çay elma pazar çocuklar "
    "okul nehir tekne kış yaz bahçe pencere mektup arkadaş müzik mutfak istasyon sabah akşam",
    "ar": "البحيرة هادئة اليوم والحافلة متأخرة سنلتقي عند الجسر القديم ظهرا خبز شاي تفاح سوق أطفال مدرسة نهر قارب شتاء "
    "صيف حديقة نافذة رسالة صديق موسيقى مطبخ محطة صباح مساء",
    "kk": "көл бүгін тыныш автобус тағы кешікті ескі көпірдің жанында түсте кездесеміз нан шай алма базар балалар "
    "мектеп өзен қайық қыс жаз бақша терезе хат дос музыка ас үй бекет таңертең кешке",
    "fa": "دریاچه امروز آرام است اتوبوس باز دیر کرد کنار پل قدیمی ظهر همدیگر را می بینیم نان چای سیب بازار کودکان "
    "مدرسه رود قایق زمستان تابستان باغ پنجره نامه دوست موسیقی آشپزخانه ایستگاه صبح شب",
    "uz": "ko'l bugun tinch avtobus yana kechikdi eski ko'prik yonida tushda uchrashamiz non choy olma bozor bolalar "
    "maktab daryo qayiq qish yoz bog' deraza xat do'st musiqa oshxona bekat ertalab kechqurun",
    "fr": "le lac est calme aujourd'hui le bus arrive encore en retard près du vieux pont rendez-vous à midi pain thé "
    "pommes marché enfants école rivière bateau hiver été jardin fenêtre lettre ami musique cuisine gare matin soir",
}
TIMBRES = ("m1", "m3", "f2", "f4", "m7", "klatt2", "f5", "m5")
SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 1, 4, 5, 7, 8, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9))
"""Major, hijaz, minor and pentatonic, in semitones."""
FORMANTS = np.array([(730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240)])
STAMPS = Path("/usr/share/tuxpaint/stamps")


def spoken(seed: int, seconds: float) -> Sound:
    """Return a synthetic voice that speaks sentences nobody else speaks. The voice is the same for seeds 32 apart."""
    rng = random.Random(seed)
    language = list(WORDS)[seed % len(WORDS)]
    timbre = TIMBRES[(seed // len(WORDS)) % len(TIMBRES)]
    words = WORDS[language].split()
    text = " ".join(
        ". ".join(" ".join(rng.choices(words, k=rng.randrange(5, 12))) for _ in range(int(seconds / 2.5))).split()
    )
    command = ["espeak-ng", "-v", f"{language}+{timbre}", "-s", str(140 + 7 * (seed % 5)), "--stdout"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    with wave.open(BytesIO(_with_length(done.stdout))) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / np.float32(32768)
        return resampled(samples, file.getframerate() / RATE)[: round(seconds * RATE)]


def _with_length(content: bytes) -> bytes:
    """Return a wave file with its true length: a program that writes into a pipe does not know it."""
    at = content.index(b"data") + 8
    length = (len(content) - at) // 2 * 2
    return content[: at - 4] + length.to_bytes(4, "little") + content[at : at + length]


def resampled(sound: Sound, ratio: float) -> Sound:
    """Return `sound` with every `ratio` samples made one, by straight lines; faster and higher where above 1."""
    places = np.arange(0, len(sound) - 1, ratio)
    return np.asarray(np.interp(places, np.arange(len(sound)), sound), np.float32)


def sung(seed: int, seconds: float, melody: int | None = None) -> Sound:
    """Return voices singing without instruments: a lead with slides and vibrato, two that hold a fifth, an echo.

    Seeds 8 apart have the same voice, scale and pace; `melody` gives another song's tune to this singer.
    """
    kind, rng = np.random.default_rng(seed % 8), np.random.default_rng((5, seed if melody is None else melody))
    root, pace = float(kind.uniform(100, 220)), float(kind.uniform(0.32, 0.6))
    scale = SCALES[seed % len(SCALES)]
    notes = _phrases(rng, scale, int(seconds / pace) + 2)
    pitch = _glide(root * 2 ** (notes / 12), pace, seconds, seed % 8)
    lead = _voice(pitch, rng, pace)
    low = _voice(np.full_like(pitch, root / 2), kind, 2 * pace) + _voice(
        np.full_like(pitch, root * 0.75), kind, 2 * pace
    )
    mixed = lead + 0.25 * low
    for delay, gain in ((0.11, 0.35), (0.23, 0.2), (0.37, 0.1)):
        mixed[round(delay * RATE) :] += gain * mixed[: -round(delay * RATE)]
    return levelled(mixed)


def _phrases(rng: np.random.Generator, scale: tuple[int, ...], count: int) -> NDArray[np.float64]:
    """Return degrees of the scale that wander in small steps, with verses that come again in part."""
    steps = rng.choice((-2, -1, -1, 0, 1, 1, 2, 3), count)
    line = np.abs((np.cumsum(steps) + 6) % 24 - 12)
    return np.array([12 * (at // len(scale)) + scale[at % len(scale)] for at in line.tolist()], np.float64)


def _glide(notes: NDArray[np.float64], pace: float, seconds: float, kind: int) -> NDArray[np.float64]:
    at = np.arange(round(seconds * RATE)) / RATE
    place = np.minimum((at / pace).astype(int), len(notes) - 1)
    into = np.minimum(1, (at - place * pace) / 0.08)
    before = notes[np.maximum(place - 1, 0)]
    return np.asarray(
        before ** (1 - into) * notes[place] ** into * (1 + 0.012 * np.sin(2 * np.pi * (4.6 + 0.2 * kind) * at))
    )


def _voice(pitch: NDArray[np.float64], rng: np.random.Generator, pace: float) -> NDArray[np.float32]:
    """Return vowels sung at `pitch`, Hz for each sample."""
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    count = int(len(pitch) / RATE / pace) + 1
    vowels, loud = rng.integers(len(FORMANTS), size=count), rng.uniform(0.4, 1, count) * (rng.random(count) > 0.12)
    some = np.arange(0, len(pitch), 100)  # vowels change slowly: their colour is reckoned for every hundredth sample
    place = np.minimum((some / RATE / pace).astype(int), count - 1)
    out = np.zeros(len(pitch), np.float32)
    for harmonic in range(1, 17):
        gains = np.exp(-(((harmonic * pitch[some, None] - FORMANTS[vowels[place]]) / 150.0) ** 2) / 2) @ (1, 0.6, 0.35)
        gains = (gains + 0.04 / harmonic) * (harmonic * pitch[some] < 7000)
        out += np.interp(np.arange(len(pitch)), some, gains).astype(np.float32) * np.sin(harmonic * phase).astype(
            np.float32
        )
    edge = np.convolve(np.repeat(loud, round(pace * RATE) + 1)[: len(pitch)], np.ones(800) / 800, "same")
    return np.asarray(out * edge, np.float32)


def played(seed: int, seconds: float, tune: int | None = None) -> Sound:
    """Return chords, a plucked tune and drums. Seeds 8 apart share instruments, pace and drums; so does `tune`."""
    kind, rng = np.random.default_rng((7, seed % 8)), np.random.default_rng((9, seed if tune is None else tune))
    beat = 60 / float(kind.uniform(76, 138))
    out = np.zeros(round((seconds + 4) * RATE), np.float32)
    bright, root = float(kind.uniform(1.2, 3)), float(kind.uniform(110, 196))
    scale, when = SCALES[seed % len(SCALES)], kind.random((3, 8)) < ((0.45,), (0.3,), (0.7,))
    drums = _drums(kind)
    for number in range(int(seconds / beat * 2)):
        start = round(number * beat / 2 * RATE)
        if number % 8 == 0:
            degree = int(rng.integers(len(scale)))
            for third in (0, 2, 4):
                _strike(out, start, root * 2 ** (scale[(degree + third) % len(scale)] / 12), 0.13, bright + 2, 1.6)
        if rng.random() < 0.75:
            note = scale[int(rng.integers(len(scale)))] + 12 * int(rng.integers(1, 3))
            _strike(out, start, root * 2 ** (note / 12), 0.3, bright, 0.5)
        for drum in drums[when[:, number % 8]]:
            out[start : start + len(drum)] += drum
    return levelled(out[: round(seconds * RATE)])


def _strike(out: Sound, start: int, pitch: float, loud: float, dull: float, ring: float) -> None:
    at = np.arange(min(len(out) - start, round(2 * ring * RATE)), dtype=np.float32) / RATE
    for harmonic in range(1, 9):
        if harmonic * pitch < 7000:
            tone = np.sin(2 * np.pi * harmonic * pitch * at) * np.exp(-at * (1 + 0.3 * harmonic) / ring * 2)
            out[start : start + len(at)] += (loud / harmonic**dull * tone).astype(np.float32)


def _drums(kind: np.random.Generator) -> NDArray[np.float32]:
    """Return a drum machine's three sounds, the same at each stroke, as (3, samples)."""
    at = np.arange(RATE // 5) / RATE
    noise = kind.standard_normal(len(at))
    low = np.sin(2 * np.pi * (55 + 90 * np.exp(-at * 40)) * at) * np.exp(-at * 18)
    sounds = low, 0.35 * noise * np.exp(-at * 25), 0.15 * np.diff(noise, prepend=0) * np.exp(-at * 60)
    return np.asarray(0.5 * np.stack(sounds), np.float32)


def levelled(sound: NDArray[np.floating], peak: float = 0.5) -> Sound:
    """Return `sound` with its loudest sample at `peak`."""
    return np.asarray(sound * (peak / max(float(np.abs(sound).max()), 1e-9)), np.float32)


def decoded(path: Path | str) -> Sound:
    """Return a file's sound; empty where it has none."""
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return np.empty(0, np.float32)
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        pieces = [piece.to_ndarray()[0] for frame in container.decode(audio=0) for piece in resampler.resample(frame)]
        pieces += [piece.to_ndarray()[0] for piece in resampler.resample(None)]
    return np.concatenate([np.empty(0, np.float32), *pieces])


def people(seconds: float, most: int = 9) -> Iterator[tuple[str, Sound]]:
    """Yield recordings of people who read names of things, put together by language: (language, sound)."""
    files: defaultdict[str, list[Path]] = defaultdict(list)
    for path in sorted(STAMPS.rglob("*_desc_*.ogg")):
        files[re.sub(r".*_desc_", "", path.stem)].append(path)
    for language in sorted(files, key=lambda name: -len(files[name])):
        parts: list[Sound] = []
        for number, path in enumerate(files[language]):
            parts.append(decoded(path))
            if sum(map(len, parts)) >= seconds * RATE or number + 1 == len(files[language]):
                break
        whole = np.concatenate(parts)
        if len(whole) >= seconds * RATE * 0.9:
            most -= 1
            yield language, whole
        if most == 0:
            return


def babble(seed: int, seconds: float) -> Sound:
    """Return six voices at once."""
    return levelled(np.sum([_filled(spoken(9000 + 7 * seed + n, seconds), seconds) for n in range(6)], axis=0))


def _filled(sound: Sound, seconds: float) -> Sound:
    return np.resize(sound, round(seconds * RATE)).astype(np.float32)

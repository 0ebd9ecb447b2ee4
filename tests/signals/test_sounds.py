"""Sounds: the moments at which a pitch stands out, and what broken files do."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qalqan.demo import voices
from qalqan.errors import BadValue, InputRefused
from qalqan.model.items import MediaKind
from qalqan.model.limits import Limits
from qalqan.model.parts import Interval
from qalqan.model.sound import Sound, packed, unpacked
from qalqan.signals import sounds_child
from qalqan.signals.contract import Desk, Reading, Subject
from qalqan.signals.landmarks import RATE, Listener, Samples
from qalqan.signals.sounds import SoundExtractor

Keep = Callable[[bytes, MediaKind], Subject]
Read = Callable[..., Reading]


@pytest.fixture
def read(desk: Desk, keep: Keep) -> Read:
    """Return a way to read the bytes of a recording."""
    return lambda content, kind=MediaKind.AUDIO: SoundExtractor().read(keep(content, kind), desk)


@pytest.fixture(scope="session")
def voice() -> voices.Sound:
    """Return twelve seconds of a made-up voice, 16,000 samples a second."""
    return voices.speak(12, (1,))


def recording(
    sound: voices.Sound, form: str = "wav", codec: str = "pcm_s16le", rate: int = voices.RATE, *, opposed: bool = False
) -> bytes:
    """Return a file that holds `sound`; where `opposed`, in two channels, each the other's opposite."""
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate, layout="stereo" if opposed else "mono")
        assert isinstance(stream, av.AudioStream)
        resampler = av.AudioResampler(stream.format, stream.layout, rate, frame_size=stream.frame_size or None)
        channels = np.stack([sound, -sound]) if opposed else sound[None]
        frame = av.AudioFrame.from_ndarray(channels, format="fltp", layout="stereo" if opposed else "mono")
        frame.sample_rate = voices.RATE
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode())
    return out.getvalue()


def sound_of(reading: Reading) -> Sound:
    """Return the landmarks of a reading."""
    return unpacked(reading.sightings[0].value)


def shared(one: Sound, other: Sound) -> float:
    """Return the share of one sound's landmarks that the other has within two frames and two steps of pitch."""
    near = (abs(one.frames[:, None] - other.frames) <= 2) & (
        abs(one.pitches[:, None].astype(int) - other.pitches.astype(int)) <= 2
    )
    return float(near.any(axis=1).mean())


def heard(samples: Samples) -> Sound:
    """Return the landmarks of samples."""
    listener = Listener()
    listener.hear(samples)
    listener.end()
    return Sound(*listener.taken(), listener.length)


def test_a_voice_has_landmarks_all_along(read: Read, voice: voices.Sound) -> None:
    """Each second of a voice has some landmarks and at most 32; the reading has the recording's seconds."""
    reading = read(recording(voice))
    counts = np.bincount(sound_of(reading).frames // 50, minlength=12)
    assert counts[:12].min() >= 5
    assert counts.max() <= 32
    assert reading.duration == pytest.approx(12, abs=0.01)
    assert reading.sightings[0].interval == Interval(0.0, reading.duration or 0)


@pytest.mark.parametrize(
    ("form", "codec", "rate"),
    [("mp3", "libmp3lame", 44100), ("ogg", "libopus", 48000), ("flac", "flac", 16000), ("mp4", "aac", 32000),
     ("mpegts", "mp2", 48000), ("aiff", "pcm_s16be", 8000)],
)  # fmt: skip
def test_containers_and_codecs(read: Read, voice: voices.Sound, form: str, codec: str, rate: int) -> None:
    """What people post has nearly the same landmarks in the same places."""
    copy = sound_of(read(recording(voice, form, codec, rate)))
    # A codec may begin with some samples of silence: up to 0.1 s of shift is its own.
    moved = [Sound(copy.frames - shift, copy.pitches, copy.length) for shift in range(-5, 6)]
    assert max(shared(one, sound_of(read(recording(voice)))) for one in moved) > 0.6


def test_a_tone_between_two_others_is_a_landmark_at_its_pitch() -> None:
    """A stroke of 1,000 Hz, two octaves above 250, has pitch 96, and its frame is where it is loudest."""
    at = np.arange(3 * RATE) / RATE
    stroke = np.sin(2 * np.pi * 1000 * at) * np.exp(-(((at - 1.5) / 0.05) ** 2))
    sound = heard(stroke.astype(np.float32))
    near = np.flatnonzero(abs(sound.frames * 0.02 + 0.064 - 1.5) < 0.03)
    assert len(near) == 1
    assert abs(int(sound.pitches[near[0]]) - 96) <= 1


def test_how_loud_it_is_makes_no_difference(voice: voices.Sound) -> None:
    """A copy at a tenth of the loudness has the same landmarks."""
    samples = voice[::2]
    loud, quiet = heard(samples), heard(samples / np.float32(10))
    assert shared(loud, quiet) > 0.95


@pytest.mark.parametrize("plain", ["silence", "tone", "hum"])
def test_silence_and_steady_tones_say_nothing(read: Read, plain: str) -> None:
    """What does not change has no moments: there is no signal, but there is a length."""
    at = np.arange(8 * voices.RATE) / voices.RATE
    tones = {"silence": 0 * at, "tone": np.sin(2 * np.pi * 440 * at), "hum": np.sign(np.sin(2 * np.pi * 50 * at))}
    reading = read(recording((tones[plain] * 0.3).astype(np.float32)))
    assert len(sound_of(reading).frames) <= 4 if reading.sightings else True
    assert reading.duration == pytest.approx(8, abs=0.01)


def test_two_channels_that_cancel_out_are_heard(read: Read, voice: voices.Sound) -> None:
    """A copy whose channels are each other's opposite is silence in one channel, not to a listener."""
    opposed = sound_of(read(recording(voice, opposed=True)))
    assert shared(opposed, sound_of(read(recording(voice)))) > 0.95


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 90_000), max_size=12))
def test_pieces_make_no_difference(cuts: list[int]) -> None:
    """However a sound comes in pieces, and over its blocks of thirty seconds, its landmarks are the same."""
    samples = (np.random.default_rng(1).standard_normal(40 * RATE) * 0.1).astype(np.float32)
    listener = Listener()
    for piece in np.split(samples, np.cumsum(cuts)[np.cumsum(cuts) < len(samples)]):
        listener.hear(piece)
    listener.end()
    whole = heard(samples)
    frames, pitches = listener.taken()
    assert (frames.tolist(), pitches.tolist()) == (whole.frames.tolist(), whole.pitches.tolist())


def test_a_film_gives_its_sound_and_no_length(read: Read, voice: voices.Sound) -> None:
    """How long a film is, its pictures say."""
    reading = read(recording(voice, "mp4", "aac", 32000), MediaKind.VIDEO)
    assert len(reading.sightings) == 1
    assert reading.duration is None


def test_a_film_without_sound_gives_nothing(read: Read) -> None:
    """A silent film is no error and no signal."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=5)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        container.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(stream.encode())
    assert read(out.getvalue(), MediaKind.VIDEO) == Reading()


def test_broken_packets_are_left_out_and_counted(read: Read, voice: voices.Sound) -> None:
    """A recording with a hole in it is heard on both sides of the hole."""
    content = bytearray(recording(voice, "mp3", "libmp3lame", 44100))
    middle = len(content) // 2
    content[middle : middle + 4000] = bytes(4000)
    frames = sound_of(read(bytes(content))).frames
    assert frames.min() < 100
    assert frames.max() > 450


def test_only_so_much_of_a_recording_is_heard(keep: Keep, desk: Desk, voice: voices.Sound) -> None:
    """Beyond the limit nothing is heard, and the reading says so."""
    short = Desk(Limits(video_seconds=4), desk.isolate)
    reading = SoundExtractor().read(keep(recording(voice), MediaKind.AUDIO), short)
    assert sound_of(reading).length == 200
    assert reading.duration is None
    assert "QALQAN_VIDEO_SECONDS" in reading.notes[0]


def test_long_recordings_come_in_parts(tmp_path: Path, voice: voices.Sound) -> None:
    """The time limit holds for each thirty seconds anew."""
    path = tmp_path / "long.wav"
    path.write_bytes(recording(np.tile(voice, 6)))
    parts = list(sounds_child.read(str(path), 1000))
    assert [round(part["heard"]) for part in parts] == [30, 60, 72]


@pytest.mark.parametrize("content", [b"", b"RIFF\x24\0\0\0WAVEfmt ", b"#EXTM3U\n#EXTINF:9,\nprivate.ts\n", bytes(500)])
def test_what_is_no_recording_is_refused(read: Read, content: bytes) -> None:
    """Nonsense and playlists, which would open other files, are refused in words."""
    with pytest.raises(InputRefused):
        read(content)


def test_a_recording_without_samples_is_refused(read: Read) -> None:
    """A file that promises sound and has none says so."""
    content = recording(np.zeros(10, np.float32))
    with pytest.raises(InputRefused, match="no sound of the recording could be decoded"):
        read(content[: content.index(b"data") + 8])


def test_a_known_sound_is_packed_anew() -> None:
    """A partner's value with spaces around it has our own form."""
    value = packed(Sound(np.array([1, 600]), np.array([4, 5], np.uint8), 900))
    assert SoundExtractor().canonical("sound", f"  {value}\n") == value


@pytest.mark.parametrize("value", ["", "x", "AQ==", "ъ", "AQAAAAA="])
def test_a_value_that_is_no_sound_is_refused(value: str) -> None:
    """Each value needs a version, a length and landmarks."""
    with pytest.raises(BadValue, match="no sound that can be compared"):
        SoundExtractor().canonical("sound", value)

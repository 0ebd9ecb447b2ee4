"""Speech is written down by a local model where one is named; no test has one, so it is pretended."""

from __future__ import annotations

import io
import sys
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from qalqan.errors import BadValue, InputRefused
from qalqan.model.items import MediaKind
from qalqan.model.limits import Limits
from qalqan.model.parts import Interval
from qalqan.model.signals import SPEECH
from qalqan.signals import speech_child
from qalqan.signals.contract import Desk, Sighting, Subject
from qalqan.signals.lexicon import Lexicon
from qalqan.signals.slow import built_in_later
from qalqan.signals.speech import SpeechExtractor

Keep = Callable[[bytes, MediaKind], Subject]


@dataclass
class Segment:
    """What the library gives for a stretch of speech."""

    start: float
    end: float
    text: str
    no_speech_prob: float = 0.1


class Whisper:
    """Stands for the library's model: hears the loudness of each part."""

    made: dict[str, Any]
    heard: list[int]

    def __init__(self, model: str, **options: object) -> None:
        Whisper.made = {"model": model, **options}
        Whisper.heard = []

    def transcribe(self, samples: np.ndarray[Any, Any], **_options: object) -> tuple[Iterator[Segment], None]:
        """Return one sentence for each part, and one that is only a noise."""
        Whisper.heard.append(len(samples))
        assert samples.dtype == np.float32
        assert 0.1 < float(np.abs(samples).max()) <= 1.0
        number = len(Whisper.heard)
        return iter([Segment(1, 2, f" Part {number} of it. "), Segment(3, 4, "Thanks for watching", 0.9)]), None


class Here:
    """Runs a task in this process, where the pretended library is."""

    def stream(self, task: str, *arguments: Any) -> Iterator[Any]:  # noqa: ANN401 - whatever a task takes
        """Run it."""
        assert task == "qalqan.signals.speech_child:hear"
        yield from speech_child.hear(*arguments)


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Put a pretended library and an empty model in place."""
    library = ModuleType("faster_whisper")
    library.WhisperModel = Whisper  # type: ignore[attr-defined]  # a module made by hand
    monkeypatch.setitem(sys.modules, "faster_whisper", library)
    folder = tmp_path / "small"
    folder.mkdir()
    speech_child._whisper.cache_clear()  # noqa: SLF001 - it keeps its model for the life of a process
    yield folder
    speech_child._whisper.cache_clear()  # noqa: SLF001 - see above


def tone(seconds: float, rate: int = 8000) -> bytes:
    """Return a tone as a sound file."""
    at = np.arange(int(seconds * rate)) / rate
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((12_000 * np.sin(2 * np.pi * 330 * at)).astype("<i2").tobytes())
    return out.getvalue()


def read(model: Path, content: bytes, keep: Keep, seconds: float = 3600) -> list[Sighting]:
    """Read a sound file."""
    desk = Desk(Limits(video_seconds=seconds), Here(), Lexicon([]))  # type: ignore[arg-type]  # all it is asked for
    return list(SpeechExtractor(model).read(keep(content, MediaKind.AUDIO), desk).sightings)


def test_hears_half_minutes_one_after_the_other(model: Path, keep: Keep) -> None:
    """Times are those of the recording; what is probably noise is left out."""
    seen = read(model, tone(65), keep)
    assert [(one.kind, one.value, one.interval) for one in seen] == [
        (SPEECH, "Part 1 of it.", Interval(1, 2)),
        (SPEECH, "Part 2 of it.", Interval(31, 32)),
        (SPEECH, "Part 3 of it.", Interval(61, 62)),
    ]
    assert [round(length / 16_000) for length in Whisper.heard] == [30, 30, 5]


def test_the_model_is_never_looked_for_elsewhere(model: Path, keep: Keep) -> None:
    """And runs in one thread."""
    read(model, tone(1), keep)
    assert Whisper.made == {
        "model": str(model), "device": "cpu", "compute_type": "int8", "cpu_threads": 1, "local_files_only": True,
    }  # fmt: skip


def test_no_more_is_heard_than_the_limit_says(model: Path, keep: Keep) -> None:
    """The rest is not decoded."""
    assert len(read(model, tone(65), keep, seconds=30)) == 1


def test_a_model_that_is_not_there_is_refused_in_words(model: Path, keep: Keep) -> None:
    """The hint names the setting."""
    with pytest.raises(InputRefused) as refused:
        read(model / "none", tone(1), keep)
    assert "QALQAN_SPEECH_MODEL" in refused.value.hint


def test_without_the_library_it_is_refused_in_words(model: Path, keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint is the command that brings it."""
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(InputRefused) as refused:
        read(model, tone(1), keep)
    assert refused.value.hint == "pip install qalqan[speech]"


def test_what_is_no_recording_is_refused(model: Path, keep: Keep) -> None:
    """In words."""
    with pytest.raises(InputRefused):
        read(model, b"reed" * 100, keep)


def test_wants_recordings_only(model: Path, keep: Keep) -> None:
    """With moving pictures or without."""
    wanted = [kind for kind in MediaKind if SpeechExtractor(model).wants(keep(b"x", kind))]
    assert wanted == [MediaKind.VIDEO, MediaKind.AUDIO]


def test_another_model_is_another_version(model: Path) -> None:
    """So that everything is heard anew."""
    assert SpeechExtractor(model).manifest.version == "1+small"
    with pytest.raises(BadValue):
        SpeechExtractor(model).canonical(SPEECH, "")


def test_it_is_there_only_where_a_model_is_named(model: Path) -> None:
    """All the slow extractors say that they are slow."""
    assert "speech" not in {one.manifest.name for one in built_in_later()}
    named = built_in_later(model)
    assert "speech" in {one.manifest.name for one in named}
    assert all(getattr(one, "later", False) for one in named)


def test_without_tesseract_no_words_are_read_in_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes are, and nothing is marked as read that was not."""
    monkeypatch.setattr("qalqan.signals.slow.reads_text", lambda: False)
    assert [one.manifest.name for one in built_in_later()] == ["code", "subtitle"]

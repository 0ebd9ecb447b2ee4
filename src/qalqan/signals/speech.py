"""Extractor `speech`: what is said in recordings, by a local Whisper model. Absent unless a model is named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qalqan.model.items import MediaKind
from qalqan.model.manifest import Manifest
from qalqan.model.signals import SPEECH
from qalqan.signals.contract import Desk, Example, Reading, Subject
from qalqan.signals.picture_text.extractor import one_line
from qalqan.signals.spoken import Line, sightings

TASK = "qalqan.signals.speech_child:hear"
HEARD = (MediaKind.AUDIO, MediaKind.VIDEO)
NAME_CHARS = 40


class SpeechExtractor:
    """Writes down what is said, with faster-whisper and the model in a folder: nothing is ever downloaded.

    One signal for each sentence, with the stretch in which it is said; another model is another version. It is very
    slow, so it is read in the background.
    """

    later = True

    def __init__(self, model: Path) -> None:
        self._model = model
        self.manifest = Manifest("speech", f"1+{model.name[:NAME_CHARS]}", "What is said in recordings", (SPEECH,))

    def wants(self, subject: Subject) -> bool:
        """Every kept recording, with moving pictures or without."""
        return subject.path is not None and subject.media is not None and subject.media.kind in HEARD

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Listen in a child process, half a minute at a time.

        Raises InputRefused where the sound or the model cannot be read, LimitReached where half a minute takes longer
        than decoding may.
        """
        found: list[Line] = []
        for part in desk.isolate.stream(TASK, str(subject.path), str(self._model), desk.limits.video_seconds):
            lines: list[Line] = part
            found += lines
        return Reading(tuple(sightings(SPEECH, found)))

    def canonical(self, kind: str, value: str) -> str:  # noqa: ARG002 - there is one kind
        """Return the words with single spaces; raises BadValue where there are none."""
        return one_line(value)

    def examples(self) -> Sequence[Example]:
        """Show nothing: it needs a model, which not everybody has."""
        return ()

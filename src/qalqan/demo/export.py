"""Fills the exported chat: ordinary neighbours, and among them what comes back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from qalqan.demo import chat as telegram
from qalqan.demo import films, plan
from qalqan.demo.chat import Chat, Json, plain
from qalqan.demo.edits import HARD, PICTURE_EDITS, quality_of
from qalqan.demo.films import Film
from qalqan.demo.known import Known, Step
from qalqan.demo.pictures import ordinary_picture
from qalqan.demo.truth import Expected, Interval, Planted
from qalqan.demo.words import caption, small_talk, words

MESSAGES = 600
PICTURES = 62
FILMS = 2
_PUBLISHERS = ("Reedbed Media", "Stillwater Voice")
_CHANNELS = ("Lake Weather", "Bus Line 14", "Saturday Football")

Act = Callable[[], None]


class Export:
    """Writes the export into a folder and keeps the truth about it."""

    def __init__(self, folder: Path, known: Known, seed: int, step: Step) -> None:
        for name in ("photos", "video_files", "files"):
            (folder / name).mkdir(parents=True)
        self.folder, self.known, self.seed, self.step = folder, known, seed, step
        self.rng = np.random.default_rng((seed, 5))
        self.chat = Chat(folder, self.rng)
        self.planted: list[Planted] = []
        self.pictures = self.films = 0

    def make(self) -> list[Planted]:
        """Write everything and return what was planted."""
        self._open()
        acts = [self._talk] * (MESSAGES - PICTURES - FILMS) + [self._picture] * PICTURES + [self._film] * FILMS
        acts += self._plants()
        order = self.rng.permutation(len(acts))
        for done, index in enumerate(order):
            self.chat.tick()
            acts[int(index)]()
            self.step("the chat", done + 1, len(acts))
        self.chat.service("Rustam", "pin_message", message_id=12)
        self.chat.write()
        return self.planted

    def _open(self) -> None:
        people = list(words().people)
        self.chat.service(people[0], "create_group", title=telegram.CHAT_NAME, members=people[:4])
        self.chat.service(people[1], "edit_group_title", title=telegram.CHAT_NAME)
        for name in (*people[4:], *words().accounts):
            self.chat.service(name, "join_group_by_link", inviter=people[0])

    def _chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def _anyone(self) -> str:
        people = list(words().people)
        return people[int(self.rng.integers(len(people)))]

    def _extras(self) -> Json:
        extras: Json = {}
        if self._chance(0.15):
            extras["reply_to_message_id"] = int(self.rng.integers(1, len(self.chat.messages) + 1))
        elif self._chance(0.06):
            extras |= _forward(_CHANNELS[int(self.rng.integers(len(_CHANNELS)))])
        if self._chance(0.04):
            extras |= telegram.edited(self.chat.now)
        return extras

    def _talk(self) -> None:
        author = self._anyone()
        text = small_talk(self.rng, words().people[author])
        if self._chance(0.03):
            url = f"https://lakeside-weather.example/day/{int(self.rng.integers(1, 90))}"
            self.chat.say(author, telegram.linked(f"{text} {url}", url), **self._extras())
            return
        self.chat.say(author, plain(text), **self._extras())

    def _caption(self, languages: list[str]) -> list[Json]:
        return plain(caption(self.rng, languages))

    def _picture(self) -> None:
        image = ordinary_picture(self.seed, self.pictures)
        self.pictures += 1
        author = self._anyone()
        self.chat.say(author, self._caption(words().people[author]), **self._photo(image, 80), **self._extras())

    def _photo(self, image: Image.Image, quality: int) -> Json:
        name = self.chat.photo_name()
        path = self.folder / name
        image.save(path, quality=quality)
        return {"photo": name, "photo_file_size": path.stat().st_size, "width": image.width, "height": image.height}

    def _film(self) -> None:
        film = films.ordinary_film(self.seed, self.films)
        self.films += 1
        author = self._anyone()
        self.chat.say(author, self._caption(words().people[author]), **self._video(film, films.SIZE))

    def _video(self, film: Film, size: tuple[int, int], bit_rate: int = 150_000) -> Json:
        path = self._next_video()
        films.encode(film, path, size, bit_rate)
        return self._video_fields(path, film.seconds, size)

    def _next_video(self) -> Path:
        return self.folder / "video_files" / f"video_{len(self.chat.messages) + 1}@{self.chat.now:%d-%m-%Y}.webm"

    def _video_fields(self, path: Path, seconds: float, size: tuple[int, int]) -> Json:
        about: Json = {"file": f"video_files/{path.name}", "file_name": path.name, "file_size": path.stat().st_size}
        kind = {"media_type": "video_file", "mime_type": "video/webm", "duration_seconds": round(seconds)}
        return about | kind | {"width": size[0], "height": size[1]}

    def _plants(self) -> list[Act]:
        acts: list[Act] = [self._picture_act(name, edit) for name, edit in plan.PICTURES]
        acts += [self._words_act(wording) for wording in (*plan.texts(), *plan.links())]
        return [*acts, self._same_film, self._smaller_film, self._excerpt, self._hidden_excerpt, self._mirrored_film]

    def _sender(self) -> tuple[str, Json]:
        accounts = words().accounts
        name = accounts[int(self.rng.integers(len(accounts)))]
        forwarded = self._chance(0.3)
        return name, _forward(_PUBLISHERS[int(self.rng.integers(2))]) if forwarded else {}

    def _picture_act(self, name: str, edit: str) -> Act:
        def act() -> None:
            author, forward = self._sender()
            media = self._same_file(name) if edit == plan.EXACT else self._edited(name, edit)
            message = self.chat.say(author, self._caption(list(words().captions)), **forward, **media)
            expected: Expected = "hard" if edit in HARD else "found"
            file = Path(str(media.get("photo") or media["file"])).name
            self._note(message, Planted("", name, edit, expected, file))

        return act

    def _note(self, message: int, planted: Planted) -> None:
        origin = f"telegram:chat/{telegram.CHAT_ID}/message/{message}"
        self.planted.append(replace(planted, origin=origin, chat=telegram.CHAT_ID, message=message))

    def _edited(self, name: str, edit: str) -> Json:
        return self._photo(PICTURE_EDITS[edit](self.known.pictures[name]), quality_of(edit))

    def _same_file(self, name: str) -> Json:
        path = self.folder / "files" / f"IMG_{len(self.chat.messages) + 1:04d}{Path(name).suffix}"
        shutil.copyfile(self.known.folder / name, path)
        image = self.known.pictures[name]
        mime = "image/png" if path.suffix == ".png" else "image/jpeg"
        about: Json = {"file": f"files/{path.name}", "file_name": path.name, "file_size": path.stat().st_size}
        return about | {"mime_type": mime, "width": image.width, "height": image.height}

    def _words_act(self, wording: plan.Wording) -> Act:
        def act() -> None:
            author, forward = self._sender()
            url = next((word for word in wording.text.split() if word.startswith("https://")), "")
            entities = telegram.linked(wording.text, url) if url else plain(wording.text.strip())
            message = self.chat.say(author, entities, **forward)
            self._note(message, Planted("", wording.known, wording.edit, wording.expected, note=wording.note))

        return act

    def _plant_film(self, media: Json, known: str, edit: str, here: Interval | None, there: Interval | None) -> None:
        author, forward = self._sender()
        message = self.chat.say(author, self._caption(list(words().captions)), **forward, **media)
        planted = Planted("", known, edit, "found", media["file_name"], here=here, there=there)
        self._note(message, planted)

    def _same_film(self) -> None:
        name = "reedbed-media-01.webm"
        path = self._next_video()
        shutil.copyfile(self.known.folder / name, path)
        media = self._video_fields(path, self.known.films[name].seconds, films.SIZE)
        self._plant_film(media, name, plan.EXACT, None, None)

    def _smaller_film(self) -> None:
        name = "stillwater-voice-call.webm"
        media = self._video(self.known.films[name], (288, 160), 90_000)
        self._plant_film(media, name, "film saved again, smaller", None, None)

    def _excerpt(self) -> None:
        name, there = "heron-hour.webm", (4.0, 10.0)
        media = self._video(films.excerpt(self.known.films[name], *there), films.SIZE)
        self._plant_film(media, name, "excerpt of 6 seconds", (0.0, 6.0), there)

    def _hidden_excerpt(self) -> None:
        name, there = "long-shore.webm", (3.0, 9.0)
        part = films.excerpt(self.known.films[name], *there)
        media = self._video(films.insert(part, films.ordinary_film(self.seed, 2), 7.0), films.SIZE)
        self._plant_film(media, name, "excerpt inside a longer film", (7.0, 13.0), there)

    def _mirrored_film(self) -> None:
        name = "heron-hour.webm"
        media = self._video(films.mirrored(self.known.films[name]), films.SIZE)
        self._plant_film(media, name, "film mirrored", None, None)


def _forward(channel: str) -> Json:
    return {"forwarded_from": channel, "forwarded_from_id": telegram.user_id(channel).replace("user", "channel")}

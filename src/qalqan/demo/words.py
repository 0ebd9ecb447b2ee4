"""The words of the demonstration: ordinary chat in fourteen writings, and the invented group's texts and links."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import yaml


@dataclass(frozen=True)
class Words:
    """Everything that is said in the material."""

    chat: dict[str, list[str]]
    """Language → sentences with `{n}` (a small number), `{g}` (goals) and `{t}` (a time of day)."""
    captions: dict[str, list[str]]
    """Language → what is written under pictures."""
    people: dict[str, list[str]]
    """Neighbour → the languages that they write."""
    accounts: list[str]
    """Names of the accounts that bring known material back."""
    files: dict[str, str]
    """Ordinary text files."""
    texts: dict[str, str]
    """The known texts by file name."""
    links: list[str]
    """The known links."""


@cache
def words() -> Words:
    """Return the words that come with the package."""
    data = yaml.safe_load(resources.files(__package__).joinpath("words.yaml").read_text("utf-8"))
    return Words(**data)


def small_talk(rng: np.random.Generator, languages: list[str]) -> str:
    """Return an ordinary message of one to three sentences in one of these languages."""
    sentences = words().chat[_one(languages, rng)]
    chosen = rng.choice(len(sentences), int(rng.choice([1, 2, 2, 3])), replace=False)
    return " ".join(_filled(sentences[int(index)], rng) for index in chosen)


def caption(rng: np.random.Generator, languages: list[str]) -> str:
    """Return what somebody writes under a picture: often nothing."""
    return _one(["", "", "🙂", *words().captions[_one(languages, rng)]], rng)


def _one(things: list[str], rng: np.random.Generator) -> str:
    return things[int(rng.integers(len(things)))]


def _filled(sentence: str, rng: np.random.Generator) -> str:
    time = f"{int(rng.integers(7, 22)):02d}:{int(rng.integers(12)) * 5:02d}"
    return sentence.format(n=int(rng.integers(2, 30)), g=int(rng.integers(2, 6)), t=time)

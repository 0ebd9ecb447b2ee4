"""Catalogues read from their `.po` files, and the language that a request is answered in."""

from __future__ import annotations

import io
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = {"en": "English", "ru": "Русский", "uz": "Oʻzbekcha"}
"""Each language by its own name."""

LOCALES = Path(__file__).parent / "locales"
_current: ContextVar[str] = ContextVar("language", default="en")
_LONGEST_HEADER = 1000


@lru_cache
def catalogue(language: str) -> NullTranslations:
    """Return the translations of a language; English and unknown ones translate nothing."""
    path = LOCALES / language / "messages.po"
    if language not in LANGUAGES or not path.is_file():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as po:
        write_mo(compiled, read_po(po, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def speak(language: str) -> None:
    """Answer in this language from here on, within the present request or test."""
    _current.set(language if language in LANGUAGES else "en")


def current() -> str:
    """Return the language of the present request."""
    return _current.get()


def gettext(message: str) -> str:
    """Return `message` in the present language."""
    return catalogue(current()).ugettext(message) if message else ""


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form for `number` in the present language."""
    return catalogue(current()).ungettext(singular, plural, number)


def mark(message: str) -> str:
    """Return `message` as it is: a sign for the extractor where it is translated only later."""
    return message


def choose(cookie: str | None, accepted: str | None, default: str) -> str:
    """Return the language for a reader: their own choice, else the browser's, else the operator's."""
    if cookie in LANGUAGES:
        return cookie
    for tag in _by_preference((accepted or "")[:_LONGEST_HEADER]):
        language = tag.partition("-")[0].lower()
        if language in LANGUAGES:
            return language
    return default if default in LANGUAGES else "en"


def _by_preference(header: str) -> list[str]:
    """Return the language tags of an Accept-Language header (RFC 9110, 12.5.4), the most wanted first."""
    weighed = []
    for part in header.split(","):
        tag, _, weight = part.partition(";q=")
        try:
            weighed.append((-float(weight or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(weighed, key=lambda pair: pair[0])]

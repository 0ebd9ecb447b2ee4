"""Gathers every string that people read: from the code, the templates and the policies."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from qalqan.i18n.catalogues import LANGUAGES, LOCALES

PACKAGE = Path(__file__).parents[1]
KEYWORDS = {"_": None, "Stage": (3,), "gettext": None, "ngettext": (1, 2), "mark": None}
METHODS = {
    "web/**/*.py": "python",
    "match/**/*.py": "python",
    "web/templates/**/*.html": "jinja2",
    "assess/policies/*.yaml": "policy",
}
TEMPLATE = LOCALES / "messages.pot"


def gather() -> Catalog:
    """Return all messages of the source, each with the files that it stands in."""
    catalog = Catalog(project="Qalqan", charset="utf-8", fuzzy=False)
    for pattern, method in METHODS.items():
        for path in sorted(PACKAGE.glob(pattern)):
            where = path.relative_to(PACKAGE).as_posix()
            for message in _messages(path, method):
                catalog.add(message, locations=[(where, 0)])
    return catalog


def _messages(path: Path, method: str) -> Iterator[str | tuple[str, ...]]:
    if method == "policy":
        yield from policy_messages(yaml.safe_load(path.read_text(encoding="utf-8")))
        return
    options = {"newstyle_gettext": "true", "trimmed": "true"} if method == "jinja2" else {}
    for _line, message, _comments, _context in extract_from_file(method, path, KEYWORDS, (), options):
        yield message


def policy_messages(policy: dict[str, Any]) -> Iterator[str]:
    """Yield what people read of a policy: its title, its categories, its reasons, whose law its grounds are of."""
    yield policy["title"]
    for jurisdiction in policy.get("jurisdictions", {}).values():
        yield jurisdiction["title"]
    for category in policy["categories"].values():
        yield category["title"]
        yield category["about"]
    words = policy.get("words") or {}
    for part in (policy["features"], *(words.get(name, {}) for name in ("features", "supports", "contexts"))):
        for one in part.values():
            yield one["reason"]


def written(language: str | None = None) -> Catalog:
    """Return the catalogue that is in the tree: a language's, or the template of all."""
    path = LOCALES / language / "messages.po" if language else TEMPLATE
    if not path.is_file():
        return Catalog(locale=language)
    with path.open("rb") as po:
        return read_po(po, locale=language)


def update() -> dict[str, int]:
    """Bring the template and all catalogues up to the source; return how many messages each language misses."""
    fresh = gather()
    _write(TEMPLATE, fresh)
    missing = {}
    for language in LANGUAGES:
        if language == "en":
            continue
        catalog = written(language)
        catalog.update(fresh, no_fuzzy_matching=True)
        _write(LOCALES / language / "messages.po", catalog)
        missing[language] = len(untranslated(catalog))
    return missing


def untranslated(catalog: Catalog) -> list[str]:
    """Return the messages without a translation in every plural form."""
    return [str(one.id) for one in catalog if one.id and not _is_translated(one.string)]


def _is_translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    if isinstance(string, str) or string is None:
        return bool(string)
    return bool(string) and all(string)


def _write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    body = io.BytesIO()
    # Without Babel's header, which holds the moment: a catalogue changes only when its words do.
    write_po(body, catalog, width=110, sort_output=True, omit_header=True, ignore_obsolete=True, include_lineno=False)
    header = "" if path == TEMPLATE else _header(catalog)
    path.write_text(header + body.getvalue().decode("utf-8"), encoding="utf-8")


def _header(catalog: Catalog) -> str:
    lines = (
        f"Language: {catalog.locale_identifier}",
        f"Plural-Forms: {catalog.plural_forms}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    )
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n"

"""Tables of posts: CSV and NDJSON, by a mapping that the user declared or one of ours (4CAT, Zeeschuimer)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from qalqan.errors import InputRefused
from qalqan.model.drafts import Draft, Fault, FileDraft
from qalqan.model.items import ItemKind, Link
from qalqan.model.manifest import Manifest
from qalqan.sources import dates, faults, mapping, places, rows
from qalqan.sources.contract import Desk, Example, Given
from qalqan.sources.files import encoding_of
from qalqan.sources.mapping import Columns
from qalqan.sources.profiles import Profiles
from qalqan.sources.rows import Row
from qalqan.sources.table_examples import table_examples

_CSV_NAMES = (".csv", ".tsv", ".tab")
_NDJSON_NAMES = (".ndjson", ".jsonl", ".ldjson")
_TWO_OBJECTS = re.compile(rb'^\{\s*".*\}[ \t]*\r?\n[ \t]*\{')
_OBJECT = re.compile(rb'^\{\s*"')
_COLLECTED = (b'"nav_index"', b'"source_platform"')
_BETWEEN = re.compile(r"\s+|[,;|](?=\s*[a-z]+://)")
_FORMS = "The columns seen are: {}. Declare what they mean with --mapping FILE: YAML such as `text: {}`."
_COLUMNS_SHOWN = 40


class TableReader:
    """Reads each row or line of a table into one post."""

    @property
    def manifest(self) -> Manifest:
        """Return its card."""
        kinds = (ItemKind.POST, ItemKind.PROFILE)
        return Manifest("table", "2", "Table of posts (CSV, NDJSON; 4CAT, Zeeschuimer)", kinds)

    def recognises(self, given: Given) -> bool:
        """Whether it is a CSV or NDJSON by its first bytes; its name alone makes nothing a table."""
        return _is_ndjson(given) or _is_csv(given)

    def read(self, given: Given, desk: Desk) -> Iterator[Draft | Fault]:
        """Yield its posts; without a mapping that fits, only a fault that says how to declare one."""
        table = _ndjson(given, desk) if _is_ndjson(given) else _csv(given, desk)
        profiles = Profiles(given.name)
        for row, columns in table:
            where = f"{given.name}#row/{row.number}"
            if row.trouble is not None:
                yield faults.from_error(where, row.trouble)
                continue
            if columns is None:
                yield faults.refused(where, "is of a kind that no mapping is for", _how(list(row.record)))
                continue
            values = columns.values_of(row.record)
            yield from _post(values, given, where)
            yield from profiles.new(values)

    def examples(self) -> Sequence[Example]:
        """Return tables of each kind, with a bad row."""
        return table_examples()


Table = Iterator[tuple[Row, Columns | None]]


def _is_ndjson(given: Given) -> bool:
    head = given.head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not _OBJECT.match(head):
        return False
    named = given.suffix in _NDJSON_NAMES
    return named or all(key in head for key in _COLLECTED) or bool(_TWO_OBJECTS.match(head))


def _is_csv(given: Given) -> bool:
    sample = _sample(given)
    names = rows.columns(sample)
    if any(columns.is_for_columns(names) for columns in mapping.built_in()):
        return True
    return given.suffix in _CSV_NAMES and len(names) > 1


def _sample(given: Given) -> str:
    encoding = encoding_of(given.head)
    if encoding is None:
        return ""
    return codecs.getincrementaldecoder(encoding)("replace").decode(given.head)


def _csv(given: Given, desk: Desk) -> Table:
    sample = _sample(given)
    names = rows.columns(sample)
    columns = _fitting(_declared(desk), set(names), lambda one: one.is_for_columns(names))
    if columns is None:
        raise InputRefused("is a table whose columns nobody declared; it was kept as a file", hint=_how(names))
    encoding = encoding_of(given.head) or "utf-8"
    for row in rows.of_csv(given.path, encoding, sample, desk.limits):
        yield row, columns


def _ndjson(given: Given, desk: Desk) -> Table:
    own = _declared(desk)
    found = rows.of_ndjson(given.path, desk.limits)
    beginning = list(islice(found, 20))
    first = next((row.record for row in beginning if row.trouble is None), {})
    if _for_record(own, first) is None:
        raise InputRefused("is a table whose fields nobody declared; it was kept as a file", hint=_how(list(first)))
    for row in chain(beginning, found):
        yield row, _for_record(own, row.record)


def _declared(desk: Desk) -> Columns | None:
    return mapping.declared(desk.mapping) if desk.mapping is not None else None


def _for_record(own: Columns | None, record: Mapping[str, Any]) -> Columns | None:
    return _fitting(own, set(record), lambda one: one.is_for_record(record))


def _fitting(own: Columns | None, names: set[str], is_for: Callable[[Columns], bool]) -> Columns | None:
    """Return the declared mapping where the table has any of its columns, else the first of ours that is for it."""
    if own is not None and own.names & names:
        return own
    return next((one for one in mapping.built_in() if is_for(one)), None)


def _how(names: list[str]) -> str:
    shown = ", ".join(repr(name[:60]) for name in names[:_COLUMNS_SHOWN]) or "none"
    return _FORMS.format(shown, names[0][:60] if names else "body")


def _post(values: Mapping[str, Any], given: Given, where: str) -> Iterator[Draft | Fault]:
    """Yield the post that a record's values make, and what is wrong with its files."""
    text = "\n".join(part for part in (values.get("title"), values.get("text")) if part) or None
    url = values.get("url")
    links = list(dict.fromkeys([*([url] if url else []), *_addresses(values.get("links", []))]))
    files: list[FileDraft] = []
    for named in _names(values.get("files", [])):
        file, link = _file(named, given.path.parent)
        files.append(file)
        links += [link] if link and link not in links else []
        if file.missing == _LEAVES:
            yield faults.refused(where, f"{_LEAVES}: {named[:200]!r}")
    if not (text or links or files):
        yield faults.refused(where, "has nothing in the columns that the mapping names")
        return
    posted_at, zoned = dates.moment(values.get("posted_at"))
    extra = {"url": url} if url else {}
    yield Draft(
        kind=ItemKind.POST,
        origin=f"{given.name}#id/{values['id']}" if values.get("id") else where,
        text=text,
        posted_at=posted_at,
        links=tuple(Link(link) for link in links),
        files=tuple(files),
        extra=extra if zoned else {**extra, "date_without_zone": True},
        platform=values.get("platform"),
        channel=values.get("channel"),
        channel_ref=values.get("channel_ref"),
        author=values.get("author"),
        author_ref=values.get("author_ref"),
        reply_to=values.get("reply_to"),
        forwarded_from=values.get("forwarded_from"),
    )


_LEAVES = "its path leaves the table's folder"


def _addresses(values: Sequence[Any]) -> list[str]:
    """Return the addresses in cells that may hold several."""
    return [part for value in values for part in _BETWEEN.split(str(value).strip()) if part]


def _names(values: Sequence[Any]) -> list[str]:
    return [name.strip() for value in values for name in str(value).splitlines() if name.strip()]


def _file(named: str, folder: Path) -> tuple[FileDraft, str | None]:
    """Return the file that a cell names, and its address when it is only linked to."""
    name = named.split("?", 1)[0].replace("\\", "/").rsplit("/", 1)[-1]
    if "://" in named:
        return FileDraft(name, missing="is linked to, not included"), named
    try:
        path = places.inside(folder, named)
    except (InputRefused, OSError):
        return FileDraft(name, missing=_LEAVES), None
    if not places.is_file(path):
        return FileDraft(name, missing="is not in the table's folder"), None
    return FileDraft(name, path=path), None

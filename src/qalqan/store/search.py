"""Full-text search over items, in any script, with the same words on both databases.

Words are cut here, not by the database: Unicode letters, marks and digits, case-folded, with compatibility forms
(NFKC), invisible characters and Arabic vowel signs taken away. Scripts written without spaces (Chinese, Japanese,
Thai, Lao, Khmer, Burmese) are cut into overlapping pairs of characters. So both databases hold and find the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from qalqan.errors import BadValue

CHARS_PER_ITEM = 1_000_000
BYTES_PER_ITEM = 1_000_000
"""What an item's different words may come to in UTF-8: PostgreSQL holds 1,048,575."""
WORDS_PER_QUERY = 50
LONGEST_WORD = 60
"""Characters of a word that are kept: enough for any language, and for the start of an address."""

_DROPPED = re.compile(
    "[\u00ad\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f]"
)
# How people write the apostrophe that is a letter of Uzbek, and a sign in other languages.
_APOSTROPHES = re.compile("['`´ʹʻʼʽˈ‘’‛′＇ꞌ]")
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_MARKS = "\u0300-\u036f\u0900-\u0dff"  # accents that have no letter of their own; the vowel signs of India
_LETTER = f"[^\\W_{_SPACELESS}]"
_WORD = re.compile(f"[{_SPACELESS}]+|{_LETTER}+(?:[{_MARKS}]+{_LETTER}*)*")
_IS_SPACELESS = re.compile(f"[{_SPACELESS}]")
_FIRST_SPACELESS = _SPACELESS[0]


def words(text: str) -> Iterator[str]:
    """Yield the words of `text` as they are indexed, in order, repeats included."""
    # Apostrophes first: NFKC takes some of them apart. It also makes eighteen letters of one, hence the second bound.
    plain = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", text[:CHARS_PER_ITEM]))[:CHARS_PER_ITEM].casefold()
    plain = _DROPPED.sub("", plain).replace("i\u0307", "i")  # what becomes of the Turkish capital İ
    for match in _WORD.finditer(plain):
        run = match.group()
        if run[0] >= _FIRST_SPACELESS and _IS_SPACELESS.match(run):
            yield from _pairs(run)
        else:
            yield run[:LONGEST_WORD]


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] if len(run) > 1 else [run]


_FILL_POSTGRESQL = sa.text(
    "UPDATE items SET search = array_to_tsvector(string_to_array(found.words, ' ')) "
    "FROM unnest(CAST(:seq AS bigint[]), CAST(:words AS text[])) AS found (seq, words) WHERE items.seq = found.seq"
)


def add(tx: sa.Connection, rows: list[tuple[int, str]]) -> None:
    """Index items that were just inserted: their `seq` and all text by which they should be found."""
    indexed = [(seq, " ".join(_different(text))) for seq, text in rows]
    parameters = [{"seq": seq, "words": found} for seq, found in indexed if found]
    if not parameters:
        return
    if tx.dialect.name == "postgresql":
        # One statement for all of them: each by itself would be a message there and back.
        columns = {name: [row[name] for row in parameters] for name in ("seq", "words")}
        tx.execute(_FILL_POSTGRESQL, columns)
    else:
        tx.execute(sa.text("INSERT INTO items_search (rowid, words) VALUES (:seq, :words)"), parameters)


def _findable(text: str) -> Iterator[str]:
    """Yield words as written, and the parts of those with an apostrophe: `homme` finds `l’homme`, too."""
    yield from words(text)
    if _APOSTROPHES.search(text):
        yield from words(_APOSTROPHES.sub(" ", text))


def _different(text: str) -> list[str]:
    """Return the different words of `text`, in order, up to what a database holds of one item."""
    found: dict[str, None] = {}
    size = 0
    for word in _findable(text):
        if word in found:
            continue
        size += len(word.encode())
        if size > BYTES_PER_ITEM:
            break
        found[word] = None
    return list(found)


@lru_cache(maxsize=256)
def parse(query: str) -> tuple[str, ...]:
    """Return the words that a found item must all hold; one that ends in `*` stands for its beginnings.

    Raises BadValue for a query without any word, or of too many.
    """
    found: list[str] = []
    for part in query.split():
        cut = list(words(part))
        if cut and part.endswith("*"):
            cut[-1] += "*"
        found.extend(cut)
    if not found:
        raise BadValue(
            f"There is no word to look for in {query!r}.", hint="Letters and digits of any script make words."
        )
    different = tuple(dict.fromkeys(found))
    if len(different) > WORDS_PER_QUERY:
        raise BadValue(f"{len(different)} words are too many to look for.", hint=f"Use {WORDS_PER_QUERY} at most.")
    return different


def worded(dialect: str, query: str) -> tuple[sa.ColumnElement[int], tuple[sa.ColumnElement[bool], ...]]:
    """Return an item's number, in a table of its own, and the conditions on it that hold for what `query` finds."""
    if dialect == "postgresql":
        rows = sa.table("items", sa.column("seq", sa.BigInteger), sa.column("search", TSVECTOR)).alias("worded")
        return rows.c.seq, (_holds(rows.c.search, query),)
    index = sa.table("items_search", sa.column("rowid", sa.Integer))
    # The whole table, by its name, stands on the left: that is FTS5's way to ask.
    return index.c.rowid, (sa.literal_column("items_search").op("MATCH", is_comparison=True)(_expression(query)),)


def numbers(dialect: str, query: str) -> sa.Select[Any]:
    """Return a query for the numbers of the items that `query` finds, for lists of something else than items.

    Of those there are far fewer: SQLite makes a set of what the index finds once, and looks each of them up in it.
    """
    seq, conditions = worded(dialect, query)
    return sa.select(seq).where(*conditions)


def _holds(search: sa.ColumnElement[Any], query: str) -> sa.ColumnElement[bool]:
    expression = " & ".join(f"'{w[:-1]}':*" if w.endswith("*") else f"'{w}'" for w in parse(query))
    return search.op("@@", is_comparison=True)(sa.cast(expression, TSQUERY))


def _expression(query: str) -> str:
    return " ".join(f'"{w[:-1]}"*' if w.endswith("*") else f'"{w}"' for w in parse(query))

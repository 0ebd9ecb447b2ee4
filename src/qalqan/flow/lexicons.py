"""The lexicon in force: what comes with the program, without what operators switched off, with what they added.

How people change it is in `flow.lexicon_changes`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

from qalqan.model.words import Entry, EntryState, LexiconChange
from qalqan.signals.lexicon import Lexicon, built_in
from qalqan.store import Store, lexicons


class Lexicons:
    """Gives out the lexicon in force; made anew when somebody has changed it. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._version: int | None = None
        self._lexicon: Lexicon | None = None

    def current(self) -> Lexicon:
        """Return it. Asks the store for its version only: once a batch is often enough, once a word is not."""
        with self._store.reading() as tx:
            version = lexicons.version(tx)
        with self._lock:  # one thread makes it, the others wait for it: it takes a second
            if self._lexicon is None or (self._version or 0) < version:
                self._lexicon, self._version = self._made()
            return self._lexicon

    def _made(self) -> tuple[Lexicon, int]:
        with self._store.reading() as tx:
            version, changes = lexicons.version(tx), list(lexicons.every(tx))
        return (Lexicon(in_force(changes)) if changes else built_in()), version


def in_force(changes: Iterable[LexiconChange]) -> tuple[Entry, ...]:
    """Return the built-in entries without those switched off, then the added ones."""
    off, added = set(), []
    for one in changes:
        if one.status is EntryState.OFF:
            off.add(one.entry.key)
        else:
            added.append(one.entry)
    return with_changes(built_in().entries, added, off)


def with_changes(entries: Sequence[Entry], added: Sequence[Entry], off: Iterable[str]) -> tuple[Entry, ...]:
    """Return entries without those of these keys, and with the added ones, each once."""
    gone = set(off)
    kept = {one.key: one for one in entries if one.key not in gone}
    return tuple({**kept, **{one.key: one for one in added if one.key not in gone}}.values())

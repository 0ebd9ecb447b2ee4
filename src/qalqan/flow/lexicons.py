"""The lexicon in force: what comes with the program, without what operators switched off, with what they added."""

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
        """Return it. Asks the store for its version only."""
        with self._store.reading() as tx:
            version = lexicons.version(tx)
            with self._lock:
                if self._lexicon is None or self._version != version:
                    changes = list(lexicons.every(tx)) if version else []
                    self._lexicon = Lexicon(in_force(changes)) if changes else built_in()
                    self._version = version
                return self._lexicon


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

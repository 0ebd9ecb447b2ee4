"""How people change the lexicons: thought out first, tried on what is stored (`flow.effects`), then saved.

What comes with the program stays as it is: an operator adds entries, or switches some off. Each change has a person, a
reason and an event in the audit log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from qalqan.assess.identities import identities
from qalqan.errors import BadValue, NotFound, UsageError
from qalqan.flow.lexicons import with_changes
from qalqan.flow.services import Services
from qalqan.model.words import Entry, EntryState, LexiconChange, Sense
from qalqan.signals.key import key_text
from qalqan.signals.lexicon import Lexicon, built_in
from qalqan.signals.lexicon_examples import Fault, failing
from qalqan.store import audit, lexicons

BUILT_IN = "built-in"
"""The origin of what comes with the program."""
BY_HAND = "hand"
FEWEST_DIGITS = 6
"""Digits of an entry's key that people have to type."""
MOST_FAULTS = 10
"""Faults that one message tells."""
_MOST_KEYS = 100
"""Entries that one event of the audit log names."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry that comes with the program or was added, in force or not."""

    entry: Entry
    origin: str
    """`built-in`, `hand`, or the list that it came from: `un 2026-11-01`."""
    change: LexiconChange | None = None
    """Who added it or switched it off or on, and why; None for what is as it came with the program."""

    @property
    def status(self) -> EntryState:
        """Whether it is in force."""
        return self.change.status if self.change else EntryState.ON


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Which entries to list; None means any."""

    language: str | None = None
    sense: Sense | None = None
    entity: str | None = None
    origin: str | None = None
    """Or how it begins: `un` for every list of the United Nations."""
    status: EntryState | None = None
    text: str | None = None
    """What stands in a term, a name or the source, however it is spelled."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A change of the lexicons that is thought out and not made."""

    added: tuple[Entry, ...] = ()
    """What comes into force, or comes back into it."""
    off: tuple[Entry, ...] = ()
    """What goes out of force."""
    origin: str = BY_HAND
    reason: str = ""
    known: int = 0
    """Entries that were given and are in force already."""

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return not self.added and not self.off


@dataclass(frozen=True, slots=True)
class Saved:
    """What a change has changed: less than was planned where somebody else did the same meanwhile."""

    added: tuple[Entry, ...]
    off: tuple[Entry, ...]


def every(services: Services) -> list[Listed]:
    """Return all entries: what comes with the program in its order, then what was added, oldest first."""
    with services.store.reading() as tx:
        changes = {one.entry.key: one for one in lexicons.every(tx)}
    own = {one.key: one for one in built_in().entries}
    listed = [
        Listed(changes[key].entry if key in changes else one, BUILT_IN, changes.get(key)) for key, one in own.items()
    ]
    return listed + [Listed(one.entry, one.origin, one) for key, one in changes.items() if key not in own]


def matching(listed: Iterable[Listed], wanted: ListFilter) -> list[Listed]:
    """Return those that a filter wants, in their order."""
    sought = key_text(wanted.text) if wanted.text else ""
    return [one for one in listed if _fits(one, wanted) and (not sought or sought in _all_words(one.entry))]


def _fits(one: Listed, wanted: ListFilter) -> bool:
    entry = one.entry
    pairs = (
        (wanted.language, entry.language), (wanted.sense, entry.sense), (wanted.entity, entry.entity),
        (wanted.status, one.status),
    )  # fmt: skip
    origins = (None, one.origin, _list_of(one.origin))
    return wanted.origin in origins and all(want is None or want == have for want, have in pairs)


def _list_of(origin: str) -> str:
    """Return which list an origin is of, without its date."""
    return origin.split(" ", maxsplit=1)[0]


def _all_words(entry: Entry) -> str:
    return key_text("\n".join((*entry.terms, entry.entity or "", entry.name or "", entry.source)))


def find(listed: Iterable[Listed], key: str) -> Listed:
    """Return the entry whose key begins so. Raises NotFound, and UsageError where several do."""
    found = [one for one in listed if len(key) >= FEWEST_DIGITS and one.entry.key.startswith(key.lower())]
    if not found:
        hint = f"qalqan lexicon list shows all; type {FEWEST_DIGITS} digits of one at least."
        raise NotFound(f"There is no entry {key} in the lexicons.", hint=hint)
    if len(found) > 1:
        raise UsageError(f"{len(found)} entries begin with {key}.", hint="Type more of its digits.")
    return found[0]


def holding(listed: Sequence[Listed], words: str) -> list[Listed]:
    """Return the entries that have these words as a term, however spelled; else those that find something in them."""
    sought = _bare(words)
    exactly = [one for one in listed if any(_bare(term) == sought for term in one.entry.terms)]
    if exactly:
        return exactly
    numbers = {hit.entry for hit in Lexicon(one.entry for one in listed).read(words)}
    return [listed[number] for number in sorted(numbers)]


def _bare(term: str) -> str:
    return key_text(term.replace("*", " ").replace("…", " ").replace("...", " "))


def plan_added(services: Services, entries: Iterable[Entry], reason: str = "", origin: str = BY_HAND) -> Plan:
    """Return the plan to put entries into force. Raises BadValue where one does not hold to its own sentences."""
    plan = _plan(services, entries, reason, origin)
    refuse_identities(plan.added)
    refuse_failing(failing(plan.added, services.lexicons.current().entries))
    return plan


def refuse_identities(entries: Sequence[Entry]) -> None:
    """Raise BadValue where an entry would find a people, a faith or another identity by itself: these say nothing."""
    lexicon = Lexicon([replace(one, exact=False) for one in entries if one.sense is not Sense.NEGATION])
    for phrase in identities().phrases:
        hits = lexicon.read(phrase.text)
        if hits:
            raise BadValue(
                f"The term “{hits[0].said.term}” finds “{phrase.text}”: faith, ethnicity and origin say nothing here.",
                hint="Name the organisation by its whole name, or the act by what is done.",
            )


def plan_list(services: Services, entries: Iterable[Entry], origin: str, reason: str, *, replaces: bool) -> Plan:
    """Return the plan to put an official list into force: it has no sentences to be held to.

    If it `replaces` what earlier imports of the same list brought, whoever is not listed any more goes out of force.
    """
    given = tuple(entries)
    plan = _plan(services, given, reason, origin)
    if not replaces:
        return plan
    stays = {one.key for one in given}
    earlier = matching(every(services), ListFilter(origin=_list_of(origin), status=EntryState.ON))
    return replace(plan, off=tuple(one.entry for one in earlier if one.entry.key not in stays))


def _plan(services: Services, entries: Iterable[Entry], reason: str, origin: str) -> Plan:
    there = set(services.lexicons.current().entries)
    given = {one.key: one for one in entries}
    added = tuple(one for one in given.values() if one not in there)
    return Plan(added, (), origin, reason, len(given) - len(added))


def plan_off(services: Services, entries: Iterable[Entry], reason: str) -> Plan:
    """Return the plan to put entries out of force."""
    there = {one.key for one in services.lexicons.current().entries}
    given = tuple(entries)
    return Plan(off=tuple(one for one in given if one.key in there), reason=reason)


def after(services: Services, plan: Plan) -> tuple[Entry, ...]:
    """Return the entries that would be in force: what `flow.effects.of_lexicon` is asked about."""
    return with_changes(services.lexicons.current().entries, plan.added, {one.key for one in plan.off})


def save(services: Services, plan: Plan, by: str) -> Saved:
    """Make a change; both halves of it and what the audit log says of it land together."""
    with services.store.writing() as tx:
        added = lexicons.add(tx, plan.added, plan.origin, by, plan.reason) if plan.added else []
        off = lexicons.switch_off(tx, plan.off, by, plan.reason) if plan.off else []
        for verb, changed in (("lexicon.added", added), ("lexicon.off", off)):
            if changed:
                audit.append(tx, by, verb, _subject(changed, plan.origin), **_detail(changed, plan))
    return Saved(tuple(added), tuple(off))


def _subject(changed: Sequence[Entry], origin: str) -> str:
    return changed[0].key if len(changed) == 1 else origin


def _detail(changed: Sequence[Entry], plan: Plan) -> dict[str, object]:
    return {
        "entries": len(changed),
        "keys": [one.key[:12] for one in changed[:_MOST_KEYS]],
        "terms": [one.terms[0] for one in changed[:_MOST_KEYS]],
        "origin": plan.origin,
        "reason": plan.reason,
    }


def refuse_failing(faults: Iterator[Fault]) -> None:
    """Raise BadValue where there is a fault, telling the first of them."""
    told = [f"{_called(entry)}: {fault}" for (entry, fault), _ in zip(faults, range(MOST_FAULTS), strict=False)]
    if told:
        hint = "Mend the term, or the sentence that it is held to."
        raise BadValue("Entries do not hold to their own sentences. " + " ".join(told), hint=hint)


def _called(entry: Entry) -> str:
    return f"{entry.language} {entry.sense.value} “{entry.terms[0]}”"

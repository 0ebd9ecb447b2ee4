"""Makes entries of banks out of files, values and lists, in the form in which signals are compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from qalqan.errors import BadValue, NotFound
from qalqan.flow.reading import Read, read_media, read_one, write
from qalqan.flow.services import Services
from qalqan.isolate.sniff import sniff
from qalqan.model.banks import Bank, BankEntry, EntryStatus
from qalqan.model.drafts import Draft
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Item, ItemKind, Media
from qalqan.model.signals import LINK, PDQ, TEXT, Signal
from qalqan.model.text_words import TEXT_WORDS
from qalqan.model.times import now
from qalqan.signals.contract import Extractor, Subject
from qalqan.sources.walker import walk
from qalqan.store import audit, banks, intake

TOO_PLAIN = "is too plain to be told from other pictures: only its exact copies will match"
LONGEST_NAME = 80
PLAINEST = 50
"""PDQ hashes of a lower quality (of 100) match far too much: plain surfaces look like each other."""


@dataclass(frozen=True, slots=True)
class Voucher:
    """Who adds an entry, who says that the thing is known, and until when that stands."""

    by: str
    provenance: str
    valid_until: datetime | None = None


@dataclass(slots=True)
class Added:
    """What became of things that were to be added."""

    entries: int = 0
    """New entries."""
    known: int = 0
    """Entries that the bank held already."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """(what, why) for each thing that gave no entry."""


def new_bank(services: Services, name: str, category: str, by: str, description: str = "") -> Bank:
    """Create a bank of one of the policy's categories. Raises BadValue, AlreadyThere."""
    if category not in services.policy.categories:
        known = ", ".join(services.policy.categories)
        raise BadValue(f"The policy knows no category {category!r}.", hint=f"It knows: {known}.")
    plain = name.isprintable() and name == name.strip() and not set(name) & set("/\\") and name.strip(".")
    if not plain or len(name) > LONGEST_NAME:
        hint = f"One line of at most {LONGEST_NAME} characters, without slashes."
        raise BadValue(f"{name!r} is no name for a bank.", hint=hint)
    with services.store.writing() as tx:
        bank = banks.create(tx, name, category, by, description)
        audit.append(tx, by, "bank.created", name, category=category)
    return bank


def add_values(services: Services, bank: Bank, rows: Sequence[tuple[str, str, str]], voucher: Voucher) -> Added:
    """Add (kind, value, label) rows; values come into the form of their kind, or are refused with the reason."""
    added, entries = Added(), []
    for kind, value, label in rows:
        try:
            forms = _forms(services, kind, value)
            entries += [_entry(bank, voucher, *one, label or value[:80]) for one in forms]
        except BadValue as error:
            added.refused.append((f"{kind} {value[:80]}", error.message))
    _store(services, bank, entries, voucher, added)
    return added


def _forms(services: Services, kind: str, value: str) -> list[tuple[str, str]]:
    """Return (kind, value) of each form that a value is known by: a text by its words, too, where it has enough."""
    forms = [(kind, canonical(services, kind, value))]
    if kind == TEXT:
        with suppress(BadValue):
            forms.append((TEXT_WORDS, canonical(services, TEXT_WORDS, value)))
    return forms


def canonical(services: Services, kind: str, value: str) -> str:
    """Return a value in the form of its kind. Raises BadValue for another kind, or a value that is none of it."""
    for extractor in services.extractors:
        if kind in extractor.manifest.produces:
            return extractor.canonical(kind, value)
    kinds = sorted({one for each in services.extractors for one in each.manifest.produces})
    raise BadValue(f"There is no kind of entry {kind!r}.", hint=f"There are: {', '.join(kinds)}.")


def add_paths(
    services: Services, bank: Bank, paths: Sequence[Path], voucher: Voucher, label: str = ""
) -> Iterator[Added]:
    """Add what lies at `paths`: the files, and in folders all files; yield the outcome of each as it is done."""
    scratch = services.settings.home / "scratch" / "known"
    for path in paths:
        if not path.exists():
            raise NotFound(f"There is nothing at {path}.")
        for found in walk(path, (), services.settings.limits, services.isolate, scratch):
            if isinstance(found, Draft):
                yield _add_draft(services, bank, found, voucher, label)
            else:
                yield Added(refused=[(found.where, found.message)])


def _add_draft(services: Services, bank: Bank, draft: Draft, voucher: Voucher, label: str) -> Added:
    added, entries = Added(), []
    for file in draft.files:
        if file.path is None:
            continue
        media = _keep(services, file.path, file.name)
        read = _read_known(services, draft, media)
        added.refused += [(file.name, f"{error.message} {error.hint}".strip()) for error in read.refused]
        usable = known_signals(services, read.signals)
        if any(one.kind == PDQ for one in read.signals) and not any(kind == PDQ for kind, _ in usable):
            added.refused.append((file.name, TOO_PLAIN))
        entries += [_entry(bank, voucher, *one, label or file.name, media.sha256) for one in usable]
    _store(services, bank, entries, voucher, added)
    return added


def _keep(services: Services, path: Path, name: str) -> Media:
    with path.open("rb") as stream:
        put = services.store.blobs.put(stream, services.settings.file_bytes)
    kind, media_type = sniff(put.head, name)
    return Media(put.sha256, kind, media_type, put.size, put.kept)


def _read_known(services: Services, draft: Draft, media: Media) -> Read:
    """Read a known file, and its text where it is one, and keep what was read of the file."""
    read = read_media(services, media, services.extractors, known=True)
    with services.store.writing() as tx:
        intake.add_media(tx, [media])
        write(tx, [read])
    if draft.text:
        own = Read()
        text = read_one(
            services, Subject(item=_as_item(draft)), [one for one in services.extractors if _reads_text(one)]
        )
        own.signals, own.refused = [*read.signals, *text.signals], [*read.refused, *text.refused]
        return own
    return read


def _reads_text(extractor: Extractor) -> bool:
    return TEXT in extractor.manifest.produces and LINK not in extractor.manifest.produces


def _as_item(draft: Draft) -> Item:
    """Return a known text in the form in which texts are read; it is never stored as an item."""
    nothing = (None,) * 6
    return Item(
        new_id(), "", ItemKind.FILE, "", draft.origin, *nothing, draft.text, (), None, None, {}, now()
    )  # fmt: skip


def _usable(signal: Signal) -> bool:
    return signal.kind != PDQ or signal.quality is None or signal.quality >= PLAINEST


def known_signals(services: Services, signals: Sequence[Signal]) -> list[tuple[str, str]]:
    """Return (kind, value) of each signal that a known thing can be found again by, in the form of its kind."""
    usable = [one for one in signals if _usable(one)]
    return [(one.kind, canonical(services, one.kind, one.value)) for one in usable]


def _entry(
    bank: Bank, voucher: Voucher, kind: str, value: str, label: str, media_sha256: str | None = None
) -> BankEntry:
    return BankEntry(
        id=new_id(),
        bank_id=bank.id,
        kind=kind,
        value=value,
        label=label,
        provenance=voucher.provenance,
        status=EntryStatus.ACTIVE,
        valid_until=voucher.valid_until,
        media_sha256=media_sha256,
        added_by=voucher.by,
        added_at=now(),
    )


def _store(services: Services, bank: Bank, entries: Sequence[BankEntry], voucher: Voucher, added: Added) -> None:
    with services.store.writing() as tx:
        new = banks.add_entries(tx, entries)
        if new:
            audit.append(
                tx, voucher.by, "bank.entries.added", bank.name, entries=len(new), provenance=voucher.provenance
            )
    added.entries += len(new)
    added.known += len(entries) - len(new)


def change_status(services: Services, entry_id: Id, status: EntryStatus, by: str, reason: str) -> BankEntry:
    """Set an entry's status with its reason. Raises NotFound, BadValue without a reason."""
    if not reason.strip():
        raise BadValue("A change of an entry needs a reason.", hint="Say it with --reason.")
    with services.store.writing() as tx:
        entry = banks.change_status(tx, entry_id, status, by, reason)
        audit.append(tx, by, f"bank.entry.{status.value}", entry_id, reason=reason)
    return entry

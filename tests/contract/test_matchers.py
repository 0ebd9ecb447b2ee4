"""What every matcher keeps to, whoever wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest

from qalqan import plugins
from qalqan.errors import StoreError
from qalqan.match.contract import Example, Filed, Finding, Matcher
from qalqan.match.matchers import built_in
from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.ids import new_id
from qalqan.model.signals import Signal
from qalqan.model.times import now

MATCHERS = (*built_in(), *plugins.found("qalqan.matchers"))
EXAMPLES = [
    pytest.param(matcher, example, id=f"{matcher.manifest.name}-{number}")
    for matcher in MATCHERS
    for number, example in enumerate(matcher.examples())
]
EACH = pytest.mark.parametrize("matcher", MATCHERS, ids=lambda matcher: matcher.manifest.name)


def entry_of(kind: str, value: str) -> BankEntry:
    """Return an active entry with this value."""
    return BankEntry(
        id=new_id(), bank_id=new_id(), kind=kind, value=value, label="landscape", provenance="test",
        status=EntryStatus.ACTIVE, valid_until=None, media_sha256=None, added_by="test", added_at=now(),
    )  # fmt: skip


def signals_of(example: Example, values: tuple[str, ...]) -> list[Signal]:
    """Return a signal of good quality for each value."""
    kind = example.found_kind or example.kind
    return [Signal(new_id(), kind, value, "test/1", quality=100) for value in values]


@EACH
def test_has_a_card_that_says_what_it_compares(matcher: Matcher) -> None:
    """The manifest names it, its version, and at least one kind of signal."""
    card = matcher.manifest
    assert card.name == card.name.lower()
    assert card.version
    assert card.title
    assert card.produces


@EACH
def test_has_examples_of_both_sides(matcher: Matcher) -> None:
    """Every matcher shows what it finds and what it does not."""
    assert any(example.found for example in matcher.examples())
    assert any(example.not_found for example in matcher.examples())


@pytest.mark.parametrize(("matcher", "example"), EXAMPLES)
def test_finds_what_its_examples_say(matcher: Matcher, example: Example) -> None:
    """Each value that must match is found once, and says which entry it is near to."""
    entry = entry_of(example.kind, example.known)
    signals = signals_of(example, tuple(example.found))
    findings = list(matcher.build([entry]).find(signals))
    assert [finding.signal for finding in findings] == signals
    assert {finding.entry for finding in findings} == {entry}


@pytest.mark.parametrize(("matcher", "example"), EXAMPLES)
def test_finds_nothing_else(matcher: Matcher, example: Example) -> None:
    """Each value that must not match is not found."""
    index = matcher.build([entry_of(example.kind, example.known)])
    assert list(index.find(signals_of(example, tuple(example.not_found)))) == []


@pytest.mark.parametrize(("matcher", "example"), EXAMPLES)
def test_finds_the_same_twice_and_among_others(matcher: Matcher, example: Example) -> None:
    """An index can be asked again, and entries that are not near change no answer."""
    others = () if example.found_kind else example.not_found
    entries = [entry_of(example.kind, value) for value in (example.known, *others)]
    index = matcher.build(entries)
    signals = signals_of(example, tuple(example.found))
    first = list(index.find(signals))
    assert first == list(index.find(signals))
    assert [finding for finding in first if finding.entry == entries[0]] == _alone(matcher, entries[0], signals)


def _alone(matcher: Matcher, entry: BankEntry, signals: list[Signal]) -> list[Finding]:
    return list(matcher.build([entry]).find(signals))


@pytest.mark.parametrize(("matcher", "example"), EXAMPLES)
def test_every_entry_of_a_value_is_found(matcher: Matcher, example: Example) -> None:
    """Two banks that know the same thing both hear of it, once for each signal."""
    entries = [entry_of(example.kind, example.known) for _ in range(2)]
    signals = signals_of(example, tuple(example.found))
    pairs = [(found.signal.id, found.entry.id) for found in matcher.build(entries).find(signals)]
    assert sorted(pairs) == sorted((signal.id, entry.id) for signal in signals for entry in entries)


@pytest.mark.parametrize(("matcher", "example"), EXAMPLES)
def test_an_index_in_files_answers_as_the_one_in_memory(matcher: Matcher, example: Example, tmp_path: Path) -> None:
    """Whoever keeps it so for very many entries finds the same, in the same order."""
    if not isinstance(matcher, Filed):
        return
    values = (example.known, *(() if example.found_kind else example.not_found), example.known)
    entries = [entry_of(example.kind, value) for value in values]
    signals = signals_of(example, (*example.found, *example.not_found))
    matcher.write(iter(entries), tmp_path)
    assert list(matcher.open(tmp_path, entries).find(signals)) == list(matcher.build(entries).find(signals))


@EACH
def test_an_index_in_files_of_other_entries_is_refused(matcher: Matcher, tmp_path: Path) -> None:
    """Fewer entries than it was written over: it is damaged, or another's."""
    if not isinstance(matcher, Filed):
        return
    example = matcher.examples()[0]
    matcher.write([entry_of(example.kind, example.known)] * 3, tmp_path)
    with pytest.raises(StoreError):
        matcher.open(tmp_path, [])


@EACH
def test_an_empty_bank_finds_nothing(matcher: Matcher) -> None:
    """With no entries there is nothing to be near to."""
    signals = [signal for example in matcher.examples() for signal in signals_of(example, tuple(example.found))]
    assert list(matcher.build([]).find(signals)) == []


@EACH
def test_nothing_to_ask_is_no_error(matcher: Matcher) -> None:
    """No signals give no findings."""
    entries = [entry_of(example.kind, example.known) for example in matcher.examples()]
    assert list(matcher.build(entries).find([])) == []

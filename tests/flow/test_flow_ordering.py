"""A learned order comes from a file of decisions, is audited, and is in force only where nothing stands against it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qalqan.assess.learning import Outcome
from qalqan.assess.weigh import weigh
from qalqan.errors import BadValue, LimitReached, UsageError
from qalqan.flow import decisions, ordering, trying
from qalqan.flow.decisions import read_decisions
from qalqan.flow.services import Services
from qalqan.model.assessments import Band
from qalqan.model.ids import Id, new_id
from qalqan.model.words import Entry, Sense, Strength
from qalqan.signals.lexicon import Lexicon
from qalqan.store import audit, findings, items, lexicons
from qalqan.store.items import ItemFilter
from support import made

WHO = "tester"
LANTERN = "Grey Lantern Brigade"
APPEAL, CALL = f"Donate to the {LANTERN}.", f"Join the {LANTERN} and give us your rifles."
LIKELY = ItemFilter(band="likely")
Taught = tuple[str, Outcome, int]
"""A text, what a person found, and how many such items there are."""


def entry(sense: Sense, *terms: str, entity: str | None = None) -> Entry:
    """Return an entry of the tests."""
    return Entry(sense, Strength.STRONG, "und", terms, "a test", entity=entity, name=entity)


def add_words(services: Services, *entries: Entry) -> None:
    """Put entries into the lexicons in force."""
    with services.store.writing() as tx:
        lexicons.add(tx, entries, "hand", WHO, "a test")


def teach(services: Services, folder: Path, *taught: Taught) -> Path:
    """Store weighed items, and return a file of decisions about them."""
    texts = [(text, outcome) for text, outcome, several in taught for _ in range(several)]
    stored = made.stored(services.store, *(text for text, _ in texts))
    desk = services.desk()
    weighed = {text: weigh(services.policy, "", (), (), trying.read(text, desk)) for text, _, _ in taught}
    rows = [replace(one, id=new_id(), item_id=item.id) for item in stored for one in weighed[item.text or ""]]
    with services.store.writing() as tx:
        findings.add_assessments(tx, rows)
    file = folder / "decisions.csv"
    lines = [f"{item.id},{outcome}" for item, (_, outcome) in zip(stored, texts, strict=True)]
    file.write_text("\n".join(["item,outcome", *lines]), "utf-8")
    return file


def learned(services: Services, file: Path, most: int = 3) -> ordering.Kept:
    """Learn an order and audit it on a few items."""
    read = read_decisions(services, file)
    ordering.learn(services, read, WHO)
    return ordering.check(services, read, WHO, most)


BUILT_IN = Lexicon(
    (
        entry(Sense.ORGANISATION, LANTERN, entity="lantern"),
        entry(Sense.SOLICIT, "donate to"),
        entry(Sense.RECRUIT, "join the"),
        entry(Sense.ARMS, "rifles"),
    )
)


@pytest.fixture
def valley(services: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    """Return a store with a handful of built-in terms; the lexicons as they are have a test of their own."""
    monkeypatch.setattr("qalqan.flow.lexicons.built_in", lambda: BUILT_IN)
    return services


@pytest.fixture
def file(valley: Services, tmp_path: Path) -> Path:
    """Return 500 decisions: appeals were mostly terrorist content, calls mostly not."""
    return teach(
        valley, tmp_path,
        (APPEAL, Outcome.TERRORIST, 200), (APPEAL, Outcome.NOT_ENOUGH, 50),
        (CALL, Outcome.TERRORIST, 50), (CALL, Outcome.WRONG_MATCH, 200),
    )  # fmt: skip


def test_it_is_off_until_it_is_audited_and_switched_on(valley: Services, file: Path) -> None:
    """Each step is refused before the one that it needs, and all are in the audit log."""
    with pytest.raises(UsageError, match="No order was learned"):
        ordering.switch_on(valley, WHO)
    read = read_decisions(valley, file)
    ordering.learn(valley, read, WHO)
    with pytest.raises(UsageError, match="not audited"):
        ordering.switch_on(valley, WHO)
    checked = ordering.check(valley, read, WHO, 3)
    assert checked.audit is not None
    assert (checked.audit.passed, checked.audit.changed, checked.audit.largest) == (True, 0, 0.0)
    assert checked.audit.comparisons >= 3 * 130
    assert ordering.in_force(valley) is None
    model = ordering.switch_on(valley, WHO).model
    assert ordering.in_force(valley) == model
    ordering.switch_off(valley, WHO)
    assert ordering.in_force(valley) is None
    with valley.store.reading() as tx:
        verbs = [one.verb for one in audit.newest(tx, 4)][::-1]
    assert verbs == ["order.learned", "order.audited", "order.on", "order.off"]


def test_it_reorders_a_band_and_nothing_else(valley: Services, file: Path) -> None:
    """The same items in another order: what decisions speak for comes first, ties as they were."""
    learned(valley, file)
    ordering.switch_on(valley, WHO)
    with valley.store.reading() as tx:
        plain = items.page(tx, LIKELY, 1000)
    page = ordering.page(valley, LIKELY, 1000)
    assert page.total == plain.total == 500
    assert {one.id for one in page.items} == {one.id for one in plain.items}
    assert [one.text for one in page.items] == [APPEAL] * 250 + [CALL] * 250
    assert [one.id for one in page.items if one.text == CALL] == [one.id for one in plain.items if one.text == CALL]
    assert ordering.page(valley, LIKELY, 7, 246).items == page.items[246:253]


def test_it_needs_one_band_and_a_bounded_list(valley: Services, file: Path) -> None:
    """It never orders across bands, and says so."""
    with pytest.raises(UsageError, match="No learned order is in force"):
        ordering.page(valley, LIKELY, 10)
    learned(valley, file)
    ordering.switch_on(valley, WHO)
    for wanted in (ItemFilter(), ItemFilter(band="found")):
        with pytest.raises(BadValue, match="within a band"):
            ordering.page(valley, wanted, 10)
    with pytest.raises(BadValue, match="1,000"):
        ordering.page(valley, LIKELY, 10, 991)


def test_fewer_than_500_decisions_do_not_switch_it_on(valley: Services, tmp_path: Path) -> None:
    """It may be learned and looked at; it stays off."""
    learned(valley, teach(valley, tmp_path, (APPEAL, Outcome.TERRORIST, 250), (CALL, Outcome.LAWFUL, 249)))
    with pytest.raises(UsageError, match="499 decisions"):
        ordering.switch_on(valley, WHO)


def test_another_lexicon_takes_it_out_of_force(valley: Services, file: Path) -> None:
    """An audit holds for what texts were read with; it can be made again."""
    learned(valley, file)
    ordering.switch_on(valley, WHO)
    add_words(valley, entry(Sense.CHARITY, "registered lighthouse"))
    assert ordering.in_force(valley) is None
    ordering.check(valley, read_decisions(valley, file), WHO, 3)
    assert ordering.in_force(valley) is not None


def test_the_audit_tells_a_word_that_makes_an_identity_weigh(valley: Services, file: Path) -> None:
    """Somebody puts a people's name into the lexicons: it would change ranks, and the order stays off."""
    add_words(valley, entry(Sense.RECRUIT, "uzbeks"), entry(Sense.SOLICIT, "uzbeks"))  # new to either text
    done = learned(valley, file).audit
    assert done is not None
    assert not done.passed
    assert done.changed >= 1
    assert done.largest > 1e-3
    assert any("“Uzbeks”" in one for one in done.failures)
    with pytest.raises(UsageError, match="did not pass"):
        ordering.switch_on(valley, WHO)


def test_the_audit_tells_groups_that_the_order_wrongs_more(valley: Services, tmp_path: Path) -> None:
    """Harmless items that speak of one people all stand high, those that speak of another low: it does not pass."""
    done = learned(valley, teach(
        valley, tmp_path,
        (APPEAL, Outcome.TERRORIST, 60), (CALL, Outcome.LAWFUL, 60),
        (f"{APPEAL} Uzbeks.", Outcome.LAWFUL, 30), (f"{CALL} Arabs.", Outcome.LAWFUL, 30),
        (f"{APPEAL} Russians.", Outcome.LAWFUL, 29),
    ), most=2).audit  # fmt: skip
    assert done is not None
    assert done.changed == 0
    assert [(one.identity, one.harmless, one.wrongly_up) for one in done.groups if one.terrorist == 0] == [
        ("arabs", 30, 0), ("russians", 29, 29), ("uzbeks", 30, 30),
    ]  # fmt: skip
    [sentence] = done.failures
    assert "speak of uzbeks are ordered wrongly up in 100%" in sentence


def test_an_audit_is_of_the_decisions_that_were_learned_from(valley: Services, file: Path) -> None:
    """Others are refused."""
    learned(valley, file)
    file.write_text("\n".join(file.read_text("utf-8").splitlines()[:-1]), "utf-8")
    with pytest.raises(BadValue, match="not the decisions"):
        ordering.check(valley, read_decisions(valley, file), WHO, 3)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"model": {"weights": [1e999]}}', b"0" * (2 << 20)]
)
def test_a_damaged_file_is_told(services: Services, content: bytes) -> None:
    """Nothing is guessed from it."""
    (services.settings.home / ordering.FILE).write_bytes(content)
    with pytest.raises(BadValue, match="learned-order"):
        ordering.in_force(services)


def test_a_changed_file_is_out_of_force(valley: Services, file: Path) -> None:
    """A weight changed by hand makes it another model, which was not audited."""
    learned(valley, file)
    ordering.switch_on(valley, WHO)
    path = valley.settings.home / ordering.FILE
    content = json.loads(path.read_bytes())
    content["model"]["weights"][0] += 1
    path.write_text(json.dumps(content), "utf-8")
    assert ordering.in_force(valley) is None


def test_decisions_are_read_from_tables_and_lines_of_json(valley: Services, file: Path) -> None:
    """The last decision about an item counts; items that are not here or in no band are left out and counted."""
    rows = [line.split(",") for line in file.read_text("utf-8").splitlines()[1:]]
    lines = [json.dumps({"item": item, "outcome": outcome, "more": 1}) for item, outcome in rows]
    lines += [
        json.dumps({"item": rows[0][0], "outcome": "lawful"}),
        json.dumps({"item": new_id(), "outcome": "lawful"}),
    ]
    other = file.with_suffix(".ndjson")
    other.write_text("\n".join(lines), "utf-8")
    of_table, of_lines = read_decisions(valley, file), read_decisions(valley, other)
    assert (len(of_table.decided), of_table.left_out) == (500, 0)
    assert (len(of_lines.decided), of_lines.left_out) == (500, 1)
    differing = [(one, two) for one, two in zip(of_table.decided, of_lines.decided, strict=True) if one != two]
    assert [two.outcome for _, two in differing] == [Outcome.LAWFUL]
    assert {one.band for one in of_table.decided} == {Band.LIKELY}


def wrong_files() -> Iterator[tuple[str, str]]:
    """Yield what no file of decisions is, and what is said of it."""
    item: Id = "01890a5d-ac96-774b-bcce-b302099a8057"
    yield "", "no columns"
    yield "id,verdict\n", "no columns"
    yield f"item,outcome\n{item},guilty\n", "Line 2 .* no outcome"
    yield "item,outcome\n'; drop table items,lawful\n", "Line 2 .* no item"
    yield f"item,outcome\n{item}\n", "Line 2 .* no outcome"
    yield "item,outcome\n" + "x" * 200_000, "field larger"
    yield "{" * 100_000, "Line 1 is no JSON"
    yield '{"item": 5}\n', "Line 1 .* no item"
    yield f'{{"item": "{item}", "outcome": ["lawful"]}}\n', "Line 1 .* no outcome"


@pytest.mark.parametrize(("content", "message"), list(wrong_files()))
def test_a_wrong_file_of_decisions_is_told_by_its_line(
    services: Services, tmp_path: Path, content: str, message: str
) -> None:
    """Nothing is learned from the rest of it."""
    file = tmp_path / "decisions"
    file.write_text(content, "utf-8")
    with pytest.raises(BadValue, match=message):
        read_decisions(services, file)


def test_a_file_of_decisions_has_bounds(services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many of them are refused, and so is a file that is no text."""
    file = tmp_path / "decisions"
    file.write_text("\n".join(["item,outcome", *(f"{new_id()},lawful" for _ in range(11))]), "utf-8")
    monkeypatch.setattr(decisions, "MOST", 10)
    with pytest.raises(LimitReached, match="more than 10"):
        read_decisions(services, file)
    monkeypatch.setattr(decisions, "LONGEST", 100)
    with pytest.raises(LimitReached, match="longer than 100"):
        read_decisions(services, file)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadValue, match="UTF-8"):
        read_decisions(services, file)

"""Lexicons in force, changes of them with their effect shown first, files of them, and texts that are tried."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from qalqan.assess.policy import Policy, read_policy
from qalqan.assess.why_not import Cause
from qalqan.errors import BadValue, InputRefused, NotFound, UsageError
from qalqan.flow import effects, lexicon_changes, lexicons, trying
from qalqan.flow.lexicon_changes import ListFilter, Plan
from qalqan.flow.lexicon_files import checked, read_file, written
from qalqan.flow.names import called, named
from qalqan.flow.services import Services
from qalqan.model.assessments import Band
from qalqan.model.ids import new_id
from qalqan.model.items import Item
from qalqan.model.parts import Interval
from qalqan.model.signals import LANGUAGE, NAME, PICTURE_TEXT, SUBTITLE, WALLET
from qalqan.model.words import Entry, EntryState, Sense, Strength
from qalqan.signals.lexicon import Lexicon
from qalqan.signals.lexicon_examples import failing
from qalqan.store import audit, findings, signals
from qalqan.store import lexicons as lexicon_store
from support import made

WHO = "Aziz"
ASKS = ("solicitation", "likely")
POLICY = read_policy()


def entry(sense: str, *terms: str, **more: object) -> Entry:
    """Return an entry in English, or a name."""
    strength = Strength(str(more.pop("strength", "strong")))
    plain = Entry(Sense(sense), strength, "en", terms, "a test")
    return replace(plain, **more)  # type: ignore[arg-type]  # any field


def name(*terms: str, entity: str = "heron") -> Entry:
    """Return a name of an invented group."""
    return entry("organisation", *terms, language="und", entity=entity, name="Blue Heron Front")


SOLICIT = entry("solicit", "donate to", "send … coins", hits=("Donate to us.",), misses=("Never donate to us.",))
WEAK = entry("solicit", "support", strength="weak")
RECRUIT = entry("recruit", "join the")
NEWS = entry("news", "police said")
NEGATION = entry("negation", "never")
LANTERN = name("Grey Lantern Brigade", entity="lantern")
HERON = name("Blue Heron Front")
PIECES = ("Donate to", "the Blue Heron Front", "never", "police said", "support", "a bird", ".", "“", "send", "coins")
CHANGES = (
    HERON, entry("negation", "never support"), entry("news", "a bird"), entry("recruit", "send … bird*"),
    entry("solicit", "donate to the blue"),
)  # fmt: skip
BUILT_IN = Lexicon((SOLICIT, WEAK, RECRUIT, NEWS, NEGATION, LANTERN))


@pytest.fixture(autouse=True)
def _few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program come with a handful of terms: tests that hold whatever its lexicons say, and quickly."""
    for module in (lexicons, lexicon_changes):
        monkeypatch.setattr(module, "built_in", lambda: BUILT_IN)


def add(services: Services, *entries: Entry, reason: str = "a test") -> None:
    """Put entries into force."""
    lexicon_changes.save(services, lexicon_changes.plan_added(services, entries, reason), WHO)


def effect(services: Services, plan: Plan, most: int | None = None) -> effects.Effect:
    """Return what a plan would do to all stored items."""
    return effects.whole(effects.of_lexicon(services, lexicon_changes.after(services, plan), most))


def adding(services: Services, *entries: Entry) -> Plan:
    """Return the plan to add entries."""
    return lexicon_changes.plan_added(services, entries)


# The lexicon in force.


def test_what_comes_with_the_program_is_in_force_until_somebody_changes_it(services: Services) -> None:
    """Nothing is made anew while nothing changes; a change is in force at once, and says so by another digest."""
    first = services.lexicons.current()
    assert first is BUILT_IN
    add(services, HERON)
    second = services.lexicons.current()
    assert second is services.lexicons.current()
    assert second.digest != first.digest
    assert second.entries == (*BUILT_IN.entries, HERON)


def test_another_process_sees_the_change(services: Services) -> None:
    """Each has the lexicon of the store, not of its own memory."""
    elsewhere = lexicons.Lexicons(services.store)
    assert elsewhere.current() is BUILT_IN
    add(services, HERON)
    assert HERON in elsewhere.current().entries


def test_threads_make_it_once(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a second: whoever comes meanwhile waits for it."""
    add(services, HERON)
    fresh = lexicons.Lexicons(services.store)
    made_of: list[object] = []

    def make(entries: tuple[Entry, ...]) -> Lexicon:
        made_of.append(entries)
        return Lexicon(entries)

    monkeypatch.setattr(lexicons, "Lexicon", make)
    threads = [threading.Thread(target=fresh.current) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made_of) == 1


def test_switched_off_is_not_looked_for_and_can_be_switched_on(services: Services) -> None:
    """Built-in entries and added ones alike; who did it and why is kept."""
    add(services, HERON)
    for one in (SOLICIT, HERON):
        lexicon_changes.save(services, lexicon_changes.plan_off(services, [one], "too many mistakes"), "Amina")
        assert one not in services.lexicons.current().entries
        listed = lexicon_changes.find(lexicon_changes.every(services), one.key[:12])
        assert listed.status is EntryState.OFF
        assert listed.change is not None
        assert (listed.change.by, listed.change.reason) == ("Amina", "too many mistakes")
        add(services, one)
        assert one in services.lexicons.current().entries


def test_every_change_is_in_the_audit_log(services: Services) -> None:
    """Who, what, why; nothing where nothing changed."""
    add(services, HERON, reason="a court named it")
    add(services, HERON)
    lexicon_changes.save(services, lexicon_changes.plan_off(services, [HERON, SOLICIT], "a mistake"), "Amina")
    with services.store.reading() as tx:
        off, added = audit.newest(tx, 10)
    assert (added.by, added.verb, added.subject, added.detail["reason"]) == (
        WHO,
        "lexicon.added",
        HERON.key,
        "a court named it",
    )
    assert (off.by, off.verb, off.detail["entries"], off.detail["terms"]) == (
        "Amina",
        "lexicon.off",
        2,
        ["Blue Heron Front", "donate to"],
    )


# Plans.


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (entry("solicit", "give us", hits=("They met.",)), "Nothing is found in “They met.”"),
        (entry("solicit", "give us", misses=("Give us a hand.",)), "Something is found in “Give us a hand.”"),
        (entry("solicit", "stop. give us"), "“stop. give us” is not found where it stands alone"),
        (entry("solicit", "give us", hits=("Never give us coins.",)), "Nothing is found in “Never give us coins.”"),
    ],
)
def test_an_entry_that_fails_its_own_sentences_is_refused(services: Services, wrong: Entry, says: str) -> None:
    """With the negations that are in force; it says which entry and which sentence."""
    with pytest.raises(BadValue, match=says):
        lexicon_changes.plan_added(services, [HERON, wrong])


def test_a_negation_in_the_same_plan_counts_for_the_sentences_beside_it(services: Services) -> None:
    """A file may bring a language whole."""
    gives = entry("solicit", "bering", language="uz", misses=("Hech qachon bering.",))
    never = entry("negation", "hech qachon", language="uz")
    assert [one for one, _ in failing([gives])] == [gives]
    assert lexicon_changes.plan_added(services, [gives, never]).added == (gives, never)


def test_what_is_so_already_is_no_change(services: Services) -> None:
    """It is counted, and the plan is empty."""
    plan = adding(services, SOLICIT)
    assert plan.empty
    assert plan.known == 1
    assert lexicon_changes.plan_off(services, [HERON], "it is not there").empty


def test_an_entry_can_stand_in_for_a_built_in_one_of_the_same_terms(services: Services) -> None:
    """With another strength, say: the built-in one is out of force as long as it stands."""
    add(services, replace(SOLICIT, strength=Strength.WEAK))
    there = [one for one in services.lexicons.current().entries if one.key == SOLICIT.key]
    assert [one.strength for one in there] == [Strength.WEAK]


def test_an_official_list_replaces_what_it_brought_before(services: Services) -> None:
    """Whoever is not listed any more is not looked for any more; other origins stay."""
    add(services, name("Reed Circle", entity="reed"))
    stays, goes, comes = (name(f"{one} Front", entity=one.lower()) for one in ("White", "Green", "Brown"))
    first = lexicon_changes.plan_list(services, [stays, goes], "un 2026-01-01", "a list", replaces=True)
    lexicon_changes.save(services, first, WHO)
    second = lexicon_changes.plan_list(services, [stays, comes], "un 2026-02-01", "a list", replaces=True)
    assert (second.added, second.off, second.known) == ((comes,), (goes,), 1)
    lexicon_changes.save(services, second, WHO)
    kept = lexicon_changes.matching(lexicon_changes.every(services), ListFilter(origin="un", status=EntryState.ON))
    assert [one.entry for one in kept] == [stays, comes]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ListFilter(language="en", sense=Sense.SOLICIT), [SOLICIT, WEAK]),
        (ListFilter(entity="heron"), [HERON]),
        (ListFilter(origin="hand"), [HERON]),
        (ListFilter(origin="built-in", sense=Sense.ORGANISATION), [LANTERN]),
        (ListFilter(text="GRÉY LANT"), [LANTERN]),
        (ListFilter(status=EntryState.OFF), [RECRUIT]),
        (ListFilter(text="nowhere"), []),
    ],
)
def test_entries_are_listed_by_what_one_knows_of_them(
    services: Services, wanted: ListFilter, found: list[Entry]
) -> None:
    """Language, sense, entity, origin, status, words however they are spelled."""
    add(services, HERON)
    lexicon_changes.save(services, lexicon_changes.plan_off(services, [RECRUIT], "a test"), WHO)
    assert [one.entry for one in lexicon_changes.matching(lexicon_changes.every(services), wanted)] == found


def test_entries_are_found_by_a_term_and_by_words_that_they_find(services: Services) -> None:
    """The term itself first; otherwise whatever would be found in the words."""
    listed = lexicon_changes.every(services)
    assert [one.entry for one in lexicon_changes.holding(listed, "DONATE TÓ")] == [SOLICIT]
    found = lexicon_changes.holding(listed, "Please donate to the Grey Lantern Brigade.")
    assert [one.entry for one in found] == [SOLICIT, LANTERN]
    assert lexicon_changes.holding(listed, "a river") == []


def test_an_entry_is_named_by_the_beginning_of_its_key(services: Services) -> None:
    """Six digits at least, and as many as tell it from others."""
    listed = lexicon_changes.every(services)
    assert lexicon_changes.find(listed, SOLICIT.key[:6]).entry == SOLICIT
    with pytest.raises(NotFound):
        lexicon_changes.find(listed, SOLICIT.key[:5])
    with pytest.raises(UsageError, match="2 entries"):
        lexicon_changes.find([listed[0], listed[0]], SOLICIT.key[:8])


# Effects.


def test_the_effect_on_stored_items_is_shown_before_anything_is_saved(services: Services) -> None:
    """How many move from which band to which, which, and by which words; nothing of it is written."""
    appeal, _, name_only = made.stored(
        services.store, "Donate to the Blue Heron Front.", "The river is high.", "The Blue Heron Front has a flag."
    )
    found = effect(services, adding(services, HERON))
    assert (found.stored, found.looked_at, found.weighed, found.moved) == (3, 3, 2, 1)
    assert found.bands == {("nothing", "likely"): 1, ("nothing", "nothing"): 1}
    assert found.categories == {("", "solicitation"): 1, ("", ""): 1}
    (example,) = found.examples
    assert (example.item.id, example.before, example.after) == (appeal.id, (), ((Band.LIKELY, "solicitation"),))
    assert example.words == ("Blue Heron Front",)
    assert appeal.text is not None
    assert appeal.text[example.at :].startswith("Blue Heron Front")
    with services.store.reading() as tx:
        assert findings.current_assessments(tx, [appeal.id, name_only.id]) == {}
        assert lexicon_store.version(tx) == 0


def test_the_effect_of_switching_off(services: Services) -> None:
    """What was likely is nothing then; what only names somebody is weighed and does not move."""
    made.stored(services.store, "Donate to the Grey Lantern Brigade.", "We met the Grey Lantern Brigade.")
    found = effect(services, lexicon_changes.plan_off(services, [LANTERN], "delisted"))
    assert found.bands == {("likely", "nothing"): 1, ("nothing", "nothing"): 1}
    assert found.moved == 1


def test_a_new_word_of_context_moves_items_out_of_content(services: Services) -> None:
    """They go to a person with their context."""
    made.stored(services.store, "Novel, chapter 2: donate to the Grey Lantern Brigade.")
    found = effect(services, adding(services, entry("fiction", "novel, chapter")))
    assert found.moved == 0  # fiction does not exempt from asking for money
    made.stored(services.store, "Wire reports: donate to the Grey Lantern Brigade.")
    found = effect(services, adding(services, entry("news", "wire reports")))
    assert found.categories == {("solicitation", "news"): 1}


def test_a_new_negation_turns_acts_round(services: Services) -> None:
    """Not only names and acts move items."""
    made.stored(services.store, "Refuse to donate to the Grey Lantern Brigade.")
    found = effect(services, adding(services, entry("negation", "refuse to")))
    assert found.bands == {("likely", "nothing"): 1}


def test_names_of_channels_and_texts_in_files_count(services: Services) -> None:
    """A group that a channel is named after, an appeal that was read in a picture or heard in a film."""
    picture = made.media()
    by_file, _ = made.stored(services.store, "Look.", "And here.", files=(picture,))
    said = [
        made.signal("Donate to", kind=SUBTITLE, media_sha256=picture.sha256, interval=Interval(0, 1)),
        made.signal("the Blue Heron Front", kind=PICTURE_TEXT, media_sha256=picture.sha256, interval=Interval(1, 2)),
    ]
    with services.store.writing() as tx:
        signals.add(tx, said)
    found = effect(services, adding(services, HERON))
    assert found.bands == {("nothing", "likely"): 2}
    assert by_file.id in {one.item.id for one in found.examples}


def test_indicators_that_are_stored_count_beside_the_words(services: Services) -> None:
    """They are read of an item once and need no second reading."""
    (item,) = made.stored(services.store, "Donate to the Blue Heron Front.")
    with services.store.writing() as tx:
        signals.add(tx, [made.signal("btc:x", kind=WALLET, item_id=item.id)])
    known = effect(services, adding(services, HERON)).examples[0]
    assert known.after == ((Band.LIKELY, "solicitation"),)


def test_only_the_newest_are_looked_at_unless_all_are_wanted(services: Services) -> None:
    """The newest first; progress is told as it goes."""
    stored = made.stored(services.store, *[f"Item {n}: donate to the Blue Heron Front." for n in range(30)])
    plan = adding(services, HERON)
    found = effect(services, plan, most=7)
    assert (found.stored, found.wanted, found.looked_at, found.moved) == (30, 7, 7, 7)
    assert [one.item.id for one in found.examples] == [one.id for one in reversed(stored)][:7]
    assert effect(services, plan).moved == 30
    assert len(effect(services, plan).examples) == effects.MOST_EXAMPLES


def test_progress_is_told_stretch_by_stretch(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits sees how far it is."""
    monkeypatch.setattr(effects, "AT_ONCE", 10)
    made.stored(services.store, *[f"Item {n}" for n in range(25)])
    after = lexicon_changes.after(services, adding(services, HERON))
    assert [one.looked_at for one in effects.of_lexicon(services, after)] == [0, 10, 20, 25]


def test_an_empty_store_and_an_empty_change_have_no_effect(services: Services) -> None:
    """Neither is an error."""
    assert effect(services, adding(services, HERON)).stored == 0
    made.stored(services.store, "Donate to the Grey Lantern Brigade.")
    assert effect(services, Plan()).weighed == 0


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=8), changed=st.sampled_from(CHANGES))
def test_only_what_a_changed_term_hits_can_move(pieces: list[str], changed: Entry) -> None:
    """What the quick way passes over reads the same with both lexicons."""
    text = " ".join(pieces)
    if not Lexicon([changed]).read(text):
        after = Lexicon([*BUILT_IN.entries, changed])
        assert [hit.said for hit in BUILT_IN.read(text)] == [hit.said for hit in after.read(text)]


def _with_points(policy: Policy, feature: str, points: int) -> Policy:
    assert policy.words is not None
    changed = policy.words.features[feature].model_copy(update={"points": points})
    features = {**policy.words.features, feature: changed}
    words = policy.words.model_copy(update={"features": features})
    return policy.model_copy(update={"version": "another", "words": words})


def test_another_policy_is_simulated_on_what_was_read(services: Services) -> None:
    """All stored items are weighed by their signals; nothing is written."""
    appeal, plain = made.stored(services.store, "Donate to the Grey Lantern Brigade.", "A river.")
    _read(services, appeal)
    other = _with_points(services.policy, "asks-for-group", 35)
    found = effects.whole(effects.of_policy(services, other))
    assert found.bands == {("likely", "look"): 1, ("nothing", "nothing"): 1}
    assert found.categories == {("solicitation", "solicitation"): 1, ("", ""): 1}
    (example,) = found.examples
    assert example.words == ("donate to", "Blue Heron Front")
    with services.store.reading() as tx:
        assert findings.current_assessments(tx, [appeal.id, plain.id]) == {}


def _read(services: Services, *items: Item) -> None:
    """Store the signals of items' texts."""
    for item in items:
        found = trying.read(item.text or "", services.desk(), services.extractors)
        with services.store.writing() as tx:
            signals.add(tx, [replace(one, item_id=item.id) for one in found])


# Files.


def test_what_is_written_can_be_read_again(services: Services, tmp_path: Path) -> None:
    """Entries in force and switched off, of all languages, with all their fields."""
    told = replace(HERON, exact=True, hits=("The Blue Heron Front is here.",), misses=("A blue heron.",))
    behind = entry("negation", "nicht", language="de", follows=True)
    add(services, told, behind)
    lexicon_changes.save(services, lexicon_changes.plan_off(services, [SOLICIT], "a test"), WHO)
    file = tmp_path / "own.yaml"
    file.write_text("".join(written(one for one in lexicon_changes.every(services) if one.change)), "utf-8")
    read = read_file(services, file, "yaml")
    assert set(read.on) == {told, behind}
    assert read.off == (SOLICIT,)
    assert read.origin == "hand"


def test_a_plain_lexicon_file_is_read(services: Services, tmp_path: Path) -> None:
    """One document in the form of those that come with the program."""
    file = tmp_path / "more.yaml"
    file.write_text(
        "# comments stay comments\nlanguage: uz\ntitle: more\nentries:\n"
        "- {sense: solicit, strength: weak, terms: [yordam bering], source: own}\n",
        "utf-8",
    )
    (read,) = read_file(services, file, "yaml").on
    assert (read.language, read.terms, read.strength) == ("uz", ("yordam bering",), Strength.WEAK)


def test_a_table_is_read(services: Services, tmp_path: Path) -> None:
    """With several terms in a cell, languages mixed, and what is left out as it usually is."""
    file = tmp_path / "names.csv"
    file.write_text(
        "sense,language,terms,entity,name,exact,strength,hits\r\n"
        "organisation,,Blue Heron Front|Heron Front*,heron,Blue Heron Front,no,,\r\n"
        'solicit,en,"give, please","","",,weak,"Give, please.|Do give, please."\r\n',
        "utf-8-sig",
    )
    group, act = read_file(services, file, "csv").on
    assert (group.language, group.terms, group.entity, group.source) == (
        "und",
        ("Blue Heron Front", "Heron Front*"),
        "heron",
        "names.csv",
    )
    assert (act.language, act.strength, act.hits) == ("en", Strength.WEAK, ("Give, please.", "Do give, please."))


@pytest.mark.parametrize(
    ("form", "content", "says"),
    [
        ("csv", "sense,terms\nsolicit,good day\npraising,good day\n", "line 3 is wrong at entries → 0 → sense"),
        ("csv", "sense,terms\nsolicit,good day,one more\n", "line 2: more cells than columns"),
        ("csv", "sense,terms,exact\nsolicit,good day,perhaps\n", "line 2: exact is yes or no, not “perhaps”"),
        ("csv", "sense,term\nsolicit,good day\n", "has a column “term”"),
        ("csv", "sense\nsolicit\n", "lacks the columns"),
        ("csv", "", "lacks the columns"),
        ("csv", f'sense,terms\nsolicit,"{"a" * 200_000}"\n', "cannot be read at line"),
        ("csv", 'sense,terms\nsolicit,"open', "cannot be read at line"),
        ("yaml", "", "is wrong at the file"),
        ("yaml", "--- \nstate: off\n", "is wrong at the file"),
        ("yaml", "language: en\ntitle: x\nentries: [{sense: faith, terms: [x]}]", "is wrong at entries → 0 → sense"),
        ("yaml", "a: &a [1]\nb: *a\n", "anchors and aliases"),
        ("yaml", "[" * 100, "nested too deeply"),
        ("yaml", "a: [\n", "cannot be read"),
    ],
)
def test_a_file_that_is_wrong_says_where(
    services: Services, tmp_path: Path, form: str, content: str, says: str
) -> None:
    """Hostile ones as well: they are refused, quickly."""
    file = tmp_path / "wrong"
    file.write_text(content, "utf-8")
    with pytest.raises(BadValue, match=says):
        read_file(services, file, form)


def test_a_file_that_is_no_text_or_too_large_is_refused(services: Services, tmp_path: Path) -> None:
    """Before anything is read of it."""
    file = tmp_path / "wrong"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadValue, match="no text in UTF-8"):
        read_file(services, file, "yaml")
    file.write_bytes(b"#" * (5 << 20))
    with pytest.raises(BadValue, match="larger than 4 MiB"):
        read_file(services, file, "csv")


def test_official_lists_come_with_their_date(services: Services, tmp_path: Path) -> None:
    """Each in its own form; something else is refused."""
    file = tmp_path / "sdn.csv"
    file.write_text('7,"BLUE HERON FRONT","-0- ","SDGT","-0- ","-0- ","-0- ","-0- ","-0- ","-0- ","-0- ","-0- "\n')
    read = read_file(services, file, "ofac")
    assert [one.name for one in read.on] == ["BLUE HERON FRONT"]
    assert read.origin == f"ofac {datetime.now(UTC).date()}"
    assert read_file(services, file, "ofac", frozenset({"SDNT"})).on == ()
    file.write_text("no list at all, sorry\n")
    with pytest.raises(InputRefused):
        read_file(services, file, "ofac")


def test_an_entry_of_plain_fields_is_held_to_the_form() -> None:
    """As one of a file is."""
    with pytest.raises(BadValue, match="entity and name belong to names"):
        checked("und", [{"sense": "organisation", "strength": "strong", "terms": ["Reed"], "source": "x"}], "entry")


# Trying.


@pytest.fixture
def tried(services: Services) -> Services:
    """Return services whose lexicon knows an invented group."""
    add(services, HERON)
    return services


@pytest.mark.parametrize(
    ("text", "outcome", "cause", "would"),
    [
        ("Donate to the Blue Heron Front.", ASKS, None, None),
        ("Never donate to the Blue Heron Front.", None, Cause.NEGATED, ASKS),
        ("Police said: donate to the Blue Heron Front.", ("news", "context"), Cause.CONTEXT, ASKS),
        ("He wrote “donate to the Blue Heron Front”.", ("not-enough", "look"), Cause.QUOTED, ASKS),
        ("Donate to the library.", None, Cause.NOBODY, ASKS),
        ("Support the Blue Heron Front.", ("solicitation", "look"), Cause.WEAK, ASKS),
        (f"Donate to us.{' A bird.' * 12} The Blue Heron Front.", None, Cause.APART, ASKS),
        ("The Blue Heron Front has a flag.", None, Cause.NO_ACT, None),
    ],
)  # fmt: skip
def test_a_text_says_what_it_comes_to_and_why_not_more(
    tried: Services, text: str, outcome: tuple[str, str] | None, cause: Cause | None, would: tuple[str, str] | None
) -> None:
    """What is negated, quoted, in a context, far, weak, or half of a pair says what it would be otherwise."""
    found = trying.try_text(tried, text)
    assert [(one.category, one.band) for one in found.assessments] == ([outcome] if outcome else [])
    assert [one.cause for one in found.why_not] == ([cause] if cause else [])
    assert [one.would for one in found.why_not if one.would] == ([(would,)] if would else [])
    assert all("{" not in one.text.format_map(one.facts) for one in found.why_not)
    for word in found.words:
        assert word.span is not None
        assert 0 <= word.span.start < word.span.end <= len(text)


def test_a_plain_text_comes_to_nothing_and_needs_no_reason(tried: Services) -> None:
    """Its language is told, and its links are listed."""
    found = trying.try_text(tried, "We walk along the river every morning, see https://river.example/walk")
    assert (found.assessments, found.why_not, found.words) == ((), (), ())
    assert [one.value for one in found.indicators] == ["https://river.example/walk"]
    assert found.language == "en-Latn"


def test_every_term_that_stands_in_a_text_is_told(tried: Services) -> None:
    """Also what weighs nothing there and is not kept of a stored item: a word of context alone, a negation."""
    found = trying.try_text(tried, "Police said: never.")
    assert [one.said.sense for one in found.words] == [Sense.NEWS, Sense.NEGATION]


def test_a_text_that_is_too_long_is_refused(tried: Services) -> None:
    """With what to do instead."""
    with pytest.raises(BadValue, match="longer than 100,000"):
        trying.try_text(tried, "a" * 100_001)


def test_a_stored_item_is_explained_by_what_was_read_of_it(tried: Services) -> None:
    """Under the policy in force, or under another."""
    (item,) = made.stored(tried.store, "Donate to the Blue Heron Front.")
    assert trying.explain_item(tried, item.id).assessments == ()
    _read(tried, item)
    (one,) = trying.explain_item(tried, item.id).assessments
    assert (one.category, one.band) == ("solicitation", Band.LIKELY)
    (one,) = trying.explain_item(tried, item.id, _with_points(POLICY, "asks-for-group", 35)).assessments
    assert one.band is Band.LOOK
    with pytest.raises(NotFound):
        trying.explain_item(tried, new_id())


def test_a_damaged_word_is_no_reason_to_stop(tried: Services) -> None:
    """A store may be damaged: what cannot be read says nothing."""
    (item,) = made.stored(tried.store, "Donate to the Blue Heron Front.")
    _read(tried, item)
    with tried.store.writing() as tx:
        signals.add(tx, [made.signal("{]", kind="said", item_id=item.id)])
    assert len(trying.explain_item(tried, item.id).words) == 2


# Names.


def test_whom_items_name_is_counted_once_an_item(services: Services) -> None:
    """In their own texts and in files on them; the lexicon says who that is."""
    picture = made.media()
    first, second = made.stored(services.store, "One", "Two", files=(picture,))
    found = [
        made.signal("lantern", kind=NAME, item_id=first.id),
        made.signal("lantern", kind=NAME, media_sha256=picture.sha256),
        made.signal("gone", kind=NAME, item_id=second.id),
        made.signal("en-Latn", kind=LANGUAGE, item_id=second.id),
    ]
    with services.store.writing() as tx:
        signals.add(tx, found)
    rows = named(services)
    assert [(one.entity, one.name, one.kind, one.items) for one in rows] == [
        ("lantern", "Blue Heron Front", Sense.ORGANISATION, 2),
        ("gone", "gone", None, 1),
    ]
    assert all(one.first == one.last == made.NOON for one in rows)
    assert [one.entity for one in named(services, Sense.ORGANISATION)] == ["lantern"]
    assert named(services, Sense.PERSON) == []
    assert (called(services, "lantern"), called(services, "gone")) == ("Blue Heron Front", "gone")

"""Near copies of known texts, from the file in a bank to the place in the item's own text."""

from __future__ import annotations

from pathlib import Path

from qalqan.flow.known import Voucher, add_paths, new_bank
from qalqan.flow.services import Services
from qalqan.model.matches import Match
from qalqan.model.text_words import TEXT_WORDS
from qalqan.store import findings, items
from qalqan.store.findings import MatchFilter
from support.walking import walk_now

KNOWN = (
    "Bugun havo ochiq va bozorda odam koʻp. Bolalar daryo boʻyida oʻynab yuribdi, koʻprik yonida qayiq turibdi. "
    "Choyxonada doʻstlar oʻtirib, yangi kitob haqida gaplashdi, keyin hamma uyiga ketdi."
)
EDITED = (
    "Бугун ҳаво ochiq va бозорда одам кўп. Ёш болалар дарё бўйида ўйнаб юрибди, кўприк ёнида катта қайиқ турибди. "
    "Чойхонада дўстлар ўтириб, янги китоб ҳақида гаплашди."
)
AROUND = "The museum opens at nine and closes at five. Children come free, and there is a small garden behind it. " * 3


def matches_of(services: Services, folder: Path, text: str) -> list[tuple[Match, str]]:
    """Walk a text among what is known; return its near matches and the raw text that each marks."""
    known, given = folder / "known", folder / "given"
    known.mkdir()
    given.mkdir()
    (known / "letter.txt").write_text(KNOWN, "utf-8")
    (given / "post.txt").write_text(text, "utf-8")
    bank = new_bank(services, "heron", "terrorist-content", "tester")
    for added in add_paths(services, bank, [known], Voucher("tester", "a test")):
        assert not added.refused
    walk_now(services, given)
    with services.store.reading() as tx:
        found = [one.match for one in findings.list_matches(tx, MatchFilter()) if one.match.kind == TEXT_WORDS]
        return [(one, _marked(items.get(tx, one.item_id).item.text, one)) for one in found]


def _marked(text: str | None, match: Match) -> str:
    assert text is not None
    assert match.span_query is not None
    return text[match.span_query.start : match.span_query.end]


def test_an_edited_text_in_another_script_is_verified(services: Services, tmp_path: Path) -> None:
    """Known in Latin letters, found in Cyrillic ones with words added and its end cut off."""
    ((match, marked),) = matches_of(services, tmp_path, EDITED)
    assert match.verified
    assert match.distance < 0.4
    assert EDITED.startswith(marked[:20])


def test_a_quotation_is_marked_in_the_raw_text(services: Services, tmp_path: Path) -> None:
    """The place is that of the known words alone, in characters of the item's own text; it is not verified."""
    quoted = KNOWN.replace("Bolalar", "Yosh bolalar")
    ((match, marked),) = matches_of(services, tmp_path, f"{AROUND}\n«{quoted}»\n{AROUND}")
    assert (match.verified, marked) == (False, quoted.removesuffix("."))


def test_what_is_there_to_the_letter_is_not_told_twice(services: Services, tmp_path: Path) -> None:
    """The text's own match stands, and no near one beside it adds to it."""
    assert matches_of(services, tmp_path, f"{AROUND}\n«{KNOWN}»\n{AROUND}") == []


def test_another_text_has_no_near_match(services: Services, tmp_path: Path) -> None:
    """However long it is."""
    assert matches_of(services, tmp_path, AROUND) == []

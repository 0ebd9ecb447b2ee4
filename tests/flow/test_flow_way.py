"""The way from a folder to a reason, walked in this process, on both databases."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qalqan.flow.handing import compare_again
from qalqan.flow.known import change_status
from qalqan.flow.services import Services
from qalqan.model.banks import EntryStatus
from qalqan.model.sources import ScanState
from qalqan.store import audit, banks, findings, intake, items
from qalqan.store.findings import Found, MatchFilter
from support.small import Small
from support.walking import fill_bank, snapshot, walk_batches, walk_now


def found_in(services: Services) -> dict[str, list[Found]]:
    """Return all matches by the known thing's label."""
    by_label: dict[str, list[Found]] = {}
    with services.store.reading() as tx:
        for one in findings.list_matches(tx, MatchFilter()):
            by_label.setdefault(one.entry.label, []).append(one)
    return by_label


def test_each_known_thing_is_found_where_it_came_back(services: Services, small: Small) -> None:
    """Copies, mirrored copies in archives, excerpts, quotations and links are found, and nothing else is."""
    fill_bank(services, small)
    scan = walk_now(services, small.input)
    assert scan.state is ScanState.DONE
    places = {
        label: sorted({one.origin.split("/")[-1] for one in found}) for label, found in found_in(services).items()
    }
    assert places == {
        "known-0.jpg": ["1"],
        "known-1.jpg": ["2", "mirrored.jpg"],
        "known.mp4": ["excerpt.mp4"],
        "declaration.txt": ["quoted.txt"],
        "declaration": ["10", "20", "30", "40"],
    }


def test_an_excerpt_names_its_interval_on_both_sides(services: Services, small: Small) -> None:
    """Seconds 1 to 5 of the excerpt are seconds 2 to 6 of the known film, to a quarter of a second."""
    fill_bank(services, small)
    walk_now(services, small.input)
    (match,) = [one.match for one in found_in(services)["known.mp4"] if one.match.kind == "video-pdq"]
    assert match.interval_query is not None
    assert match.interval_known is not None
    assert (match.interval_query.start, match.interval_query.end) == pytest.approx((1.0, 5.0), abs=0.25)
    assert (match.interval_known.start, match.interval_known.end) == pytest.approx((2.0, 6.0), abs=0.25)


def test_a_quotation_is_marked_in_the_raw_text(services: Services, small: Small) -> None:
    """The span of a text match cuts the known words out of the item's own text."""
    fill_bank(services, small)
    walk_now(services, small.input)
    (found,) = found_in(services)["declaration.txt"]
    with services.store.reading() as tx:
        text = items.get(tx, found.match.item_id).item.text
    span = found.match.span_query
    assert text is not None
    assert span is not None
    assert text[span.start : span.end].startswith("The reed beds")
    assert text[span.start : span.end].endswith("Front")


def test_every_assessment_carries_reasons_that_add_up(services: Services, small: Small) -> None:
    """A score is the sum of its reasons' points; each reason names its match."""
    fill_bank(services, small)
    walk_now(services, small.input)
    with services.store.reading() as tx:
        page = items.page(tx, items.ItemFilter(), 1000)
        standing = findings.current_assessments(tx, [one.id for one in page.items])
    assessments = [one for found in standing.values() for one in found]
    assert len(assessments) == 9
    for one in assessments:
        assert one.score == min(100, sum(reason.points for reason in one.reasons))
        assert all(reason.match_id for reason in one.reasons)


def test_handing_in_the_same_again_adds_nothing(services: Services, small: Small) -> None:
    """A second scan of the same input finds all of it there."""
    fill_bank(services, small)
    walk_now(services, small.input)
    before = snapshot(services.store, small.input)
    again = walk_now(services, small.input)
    after = snapshot(services.store, small.input)
    assert again.added == 0
    assert again.read > 0
    assert {name: rows for name, rows in after.items() if name != "scans"} == {
        name: rows for name, rows in before.items() if name != "scans"
    }


def test_what_changed_since_is_another_item(services: Services, small: Small, tmp_path: Path) -> None:
    """Items never change: a file with other content at the same place is a new one, and the old one stays."""
    folder = shutil.copytree(small.input, tmp_path / "copy")
    walk_now(services, folder)
    (folder / "quoted.txt").write_text("Other news today.", "utf-8")
    assert walk_now(services, folder).added == 1
    with services.store.reading() as tx:
        assert items.count(tx, items.ItemFilter(query="quoted news")) == 2


def test_what_cannot_be_read_is_kept_with_its_reason_and_the_rest_goes_on(services: Services, small: Small) -> None:
    """A truncated picture, an empty file and a member that leaves its archive are problems, each said once."""
    walk_now(services, small.input)
    with services.store.reading() as tx:
        problems = {one.where.removeprefix(f"{small.input}/"): one.message for one in intake.list_problems(tx, 100)}
    assert problems["broken.jpg"] == "the picture is truncated"
    assert problems["empty.png"] == "is empty"
    assert any("outside.txt" in where for where in problems)
    assert len(problems) == 3
    assert not (small.input.parent / "outside.txt").exists()


def test_a_bank_filled_later_finds_what_came_before(services: Services, small: Small) -> None:
    """`again` compares what is in the store with new entries."""
    walk_now(services, small.input)
    assert found_in(services) == {}
    fill_bank(services, small)
    walk_batches(services, compare_again(services, "tester").id)
    assert len(found_in(services)) == 5


def test_a_retired_entry_no_longer_counts_and_the_assessment_says_so(services: Services, small: Small) -> None:
    """Retiring an entry gives a new assessment of no points that supersedes the old one; the match stays on record."""
    fill_bank(services, small)
    walk_now(services, small.input)
    (quoted,) = found_in(services)["declaration.txt"]
    with services.store.reading() as tx:
        both = [one for one in banks.active(tx, quoted.entry.bank_id) if one.kind in {"text", "text-words"}]
    for one in both:
        change_status(services, one.id, EntryStatus.RETIRED, "tester", "It was listed by mistake.")
    walk_batches(services, compare_again(services, "tester").id)
    with services.store.reading() as tx:
        (standing,) = findings.current_assessments(tx, [quoted.match.item_id])[quoted.match.item_id]
        changes = banks.changes_of(tx, quoted.entry.id)
    assert (standing.score, standing.reasons[0].feature) == (0, "no-longer-known")
    assert standing.supersedes is not None
    assert [(one.by, one.reason) for one in changes] == [("tester", "It was listed by mistake.")]


def test_all_that_was_done_is_in_the_audit_log(services: Services, small: Small) -> None:
    """Banks, entries and scans leave events that hold together."""
    fill_bank(services, small)
    walk_now(services, small.input)
    with services.store.reading() as tx:
        audit.verify(tx)
        verbs = {one.verb for one in audit.events(tx)}
    assert verbs == {"bank.created", "bank.entries.added", "scan.started", "scan.finished"}


def test_an_input_of_nothing_but_faults_does_not_fill_the_store(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past a bound, one line says that there are more problems; what can be read is read all the same."""
    monkeypatch.setattr("qalqan.flow.intake.PROBLEMS_AT_MOST", 20)
    bad = "".join("not a record\n" for _ in range(600))
    (tmp_path / "posts.ndjson").write_text('{"words": "first"}\n' + bad + '{"words": "last"}\n', "utf-8")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("text: words\n", "utf-8")
    scan = walk_now(services, tmp_path / "posts.ndjson", mapping.read_text("utf-8"))
    with services.store.reading() as tx:
        problems = intake.list_problems(tx, 100)
    assert scan.added == 2
    assert len(problems) == 21
    assert sum("more than 20 parts" in one.message for one in problems) == 1


def test_its_own_home_is_left_out_of_what_is_handed_in(services: Services) -> None:
    """Somebody who hands in the folder that holds the store gets what else is in it, and is told."""
    (services.settings.home.parent / "note.txt").write_text("A note beside the store.", "utf-8")
    scan = walk_now(services, services.settings.home.parent)
    with services.store.reading() as tx:
        told = [one.message for one in intake.list_problems(tx, 10) if one.where == str(services.settings.home)]
        origins = [one.origin for one in items.page(tx, items.ItemFilter(), 100).items]
    assert scan.added >= 1
    assert told == ["is the home of this program and was left out"]
    assert not [one for one in origins if one.startswith(f"{services.settings.home}/")]

"""Official lists become entries of the lexicons: whole names strong, short names weak, persons not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qalqan.errors import InputRefused
from qalqan.isolate import Isolate
from qalqan.model.limits import Limits
from qalqan.model.words import Entry, Sense, Strength
from qalqan.signals.official import read_list
from qalqan.signals.official.naming import Listed, entries_of

SHARED = Path(__file__).parents[3] / "shared" / "data"

UN = """<?xml version="1.0"?>
<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09Z"><INDIVIDUALS><INDIVIDUAL>
<FIRST_NAME>HERON</FIRST_NAME><SECOND_NAME>GREY</SECOND_NAME><UN_LIST_TYPE>Al-Qaida</UN_LIST_TYPE>
<REFERENCE_NUMBER>QDi.900</REFERENCE_NUMBER><INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>The Bird</ALIAS_NAME>
</INDIVIDUAL_ALIAS></INDIVIDUAL></INDIVIDUALS><ENTITIES>
<ENTITY><FIRST_NAME>BLUE HERON FRONT (BHF)</FIRST_NAME><UN_LIST_TYPE>Al-Qaida</UN_LIST_TYPE>
<REFERENCE_NUMBER>QDe.900</REFERENCE_NUMBER><NAME_ORIGINAL_SCRIPT>جبهة البلشون الأزرق</NAME_ORIGINAL_SCRIPT>
<ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>Heron Brigade of the North</ALIAS_NAME></ENTITY_ALIAS>
<ENTITY_ALIAS><QUALITY/><ALIAS_NAME/></ENTITY_ALIAS></ENTITY>
<ENTITY><FIRST_NAME>GREY LANTERN TRADING</FIRST_NAME><UN_LIST_TYPE>DPRK</UN_LIST_TYPE>
<REFERENCE_NUMBER>KPe.900</REFERENCE_NUMBER></ENTITY></ENTITIES></CONSOLIDATED_LIST>"""


@pytest.fixture(scope="module")
def isolate() -> Iterator[Isolate]:
    """Return child processes to decode in."""
    made = Isolate(Limits(), 1)
    yield made
    made.close()


def written(tmp_path: Path, name: str, text: str) -> Path:
    """Write a file and return it."""
    file = tmp_path / name
    file.write_text(text, "utf-8")
    return file


def terms(entries: tuple[Entry, ...]) -> dict[str, tuple[str, bool]]:
    """Return each term with its strength and whether it must be written so."""
    return {term: (one.strength.value, one.exact) for one in entries for term in one.terms}


def test_a_list_of_the_united_nations(tmp_path: Path, isolate: Isolate) -> None:
    """Programmes that are not about terrorism stay out; brackets hold names of their own; the date is the list's."""
    listing = read_list(isolate, written(tmp_path, "list.xml", UN), "un")
    assert (listing.origin, listing.listed) == ("un 2026-02-27", 1)
    assert terms(listing.entries) == {
        "BLUE HERON FRONT": ("strong", False),
        "BHF": ("weak", True),
        "جبهة البلشون الأزرق": ("strong", False),
        "Heron Brigade of the North": ("strong", False),
    }
    assert {one.sense for one in listing.entries} == {Sense.ORGANISATION}
    assert all("QD" in one.source and one.name for one in listing.entries)


def test_other_programmes_can_be_chosen(tmp_path: Path, isolate: Isolate) -> None:
    """Whoever needs another part of the list says so."""
    listing = read_list(isolate, written(tmp_path, "list.xml", UN), "un", frozenset({"DPRK"}))
    assert list(terms(listing.entries)) == ["GREY LANTERN TRADING"]


def test_a_list_of_the_treasury_with_its_aliases(tmp_path: Path, isolate: Isolate) -> None:
    """The aliases lie in a file beside it; persons stay out, for their names are those of many others."""
    sdn = '1,"BLUE HERON FRONT",-0- ,"FTO] [SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'BHF\'."\n'
    sdn += '2,"GREY, Heron","individual","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n'
    sdn += '3,"LANTERN BANK",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n\x1a'
    file = written(tmp_path, "sdn.csv", sdn)
    written(tmp_path, "alt.csv", '1,7,"aka","HERON BRIGADE OF THE NORTH",-0- \n3,8,"aka","LANTERNS",-0- \n')
    assert terms(read_list(isolate, file, "ofac").entries) == {
        "BLUE HERON FRONT": ("strong", False),
        "HERON BRIGADE OF THE NORTH": ("strong", False),
        "BHF": ("weak", True),
    }


BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>
<CONSOLIDATED_LIST>&b;</CONSOLIDATED_LIST>"""


@pytest.mark.parametrize(
    ("text", "form", "why"),
    [
        (BOMB, "un", "declares a document type"),
        ("<html></html>", "un", "no consolidated list"),
        (UN[:-40], "un", "no well-formed XML"),
        ("", "un", "no consolidated list"),
        ("name,age\nx,y\n", "ofac", "no list of Specially Designated Nationals"),
        ("\0" * 100, "un", "no consolidated list"),
    ],
)
def test_what_is_no_list_is_refused_with_the_reason(
    tmp_path: Path, isolate: Isolate, text: str, form: str, why: str
) -> None:
    """Nothing swells, nothing is guessed."""
    with pytest.raises(InputRefused, match=why):
        read_list(isolate, written(tmp_path, "list.txt", text), form)


def test_a_name_of_hostile_length_stays_bounded() -> None:
    """However long a name is and however many there are."""
    listed = Listed(
        "1", "(" * 50_000 + "x y" * 50_000, tuple((f"Some Name {n} Long", True) for n in range(5000)), person=False
    )
    made = list(entries_of(listed, "a list"))
    assert all(len(one.terms) <= 200 and max(map(len, one.terms)) <= 200 for one in made)
    assert all(one.strength is Strength.STRONG for one in made if "Some Name 1 Long" in one.terms)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real lists are not here")
def test_the_real_lists_are_read_whole(isolate: Isolate) -> None:
    """All bodies, each with its source."""
    united = read_list(isolate, SHARED / "un_consolidated.xml", "un")
    treasury = read_list(isolate, SHARED / "ofac_sdn.csv", "ofac")
    assert united.listed > 80
    assert treasury.listed > 400
    assert all(one.terms and one.source for one in (*united.entries, *treasury.entries))

"""Texts as keys: spellings, scripts and tricks of writing that make no difference, and the way back to the raw text."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from bench.evasions import ALIASES, EVASIONS, HARMLESS, evaded, names_lexicon
from hypothesis import assume, given
from hypothesis import strategies as st

from qalqan.signals.key import key_text, keyed, latin_key
from support.took import took

TEXTS = st.text(st.one_of(
    st.characters(min_codepoint=0x20, max_codepoint=0x6FF), st.characters(),
    st.sampled_from("'’ʻ#@$_. 013457aeo\u200b\u00ad\u0640\u064e\u0301\u0336ﬁ½ﷺẞİıⓙ🅙🇺🔥꙳ꭰ"),
), max_size=60)  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("Donate  to US!", "donate to us"),
        ("Ｄｏｎａｔｅ 𝐝𝐨𝐧𝐚𝐭𝐞 ᴅᴏɴᴀᴛᴇ 🅙🅞🅘🅝 ①", "donate donate donate join 1"),
        ("don\u200bate do\u00adnate d\u0336o\u0336nate", "donate donate donate"),
        ("dоnаte (two Cyrillic letters), ФронT", "donate two cyrilic leters front"),
        ("j0in b1ue h3r0n m@il $upport he1p f1ght", "join blue heron mail suport help fight"),
        ("top10 covid19 mp3 50kg AK47 AK-47 US$ 300", "top 10 covid 19 mp 3 50 kg ak 47 ak 47 us 300"),
        ("по3вони д0нат", "pozvoni donat"),
        ("d o n a t e  n o w", "donate now"),
        ("d.o.n.a.t.e j-o-i-n", "donate join"),
        ("a b c", "a b c"),
        ("jooooin, соооюз", "join soyuz"),
        ("#JoinBlueHeron2026 #join_us @BlueHeron", "join blue heron 2026 join us blue heron"),
        ("Front's l'organisation n'envoyez aujourd'hui don't", "front s l organisation n envoez aujourdhui dont"),
        ("Cephesi'ne İSTANBUL ıstanbul", "cephesi ne istanbul istanbul"),
        ("", ""),
        ("!? 🔥 ـ", ""),
    ],
)
def test_keys(raw: str, key: str) -> None:
    """Case, width, invisible characters, look-alikes, digits for letters, letters apart, repeats, tags, apostrophes."""
    assert key_text(raw) == key


@pytest.mark.parametrize(
    "spellings",
    [
        ("oʻzbek", "o'zbek", "O‘ZBEK", "ўзбек", "o`zbek", "ozbek"),
        ("yordam", "ёрдам", "Ёрдам"),
        ("gʻalaba", "ғалаба", "галаба", "g'alaba"),
        ("yer", "ер"),
        ("ham", "ҳам", "хам"),
        ("qoʻshiling", "қўшилинг", "Qo'shiling", "кошилинг"),
        ("sanʼat", "san'at", "санъат"),
        ("қазақ", "казак", "qazaq"),
        ("бірге", "бирге", "birge"),
        ("өмір", "омир"),
        ("ҷабҳа", "jabha"),
        ("ӯҳда", "ухда"),
        ("жизнь", "zhizn", "jizn"),
        ("площадь", "ploshchad"),
        ("şehitler", "sehitler"),
        ("görüş", "gorus"),
        ("ýeňiş", "yenis"),
        ("Spaß", "spass"),
        ("السَّلامُ", "الســـلام", "السلام"),
        ("إلى", "الى", "الي"),
        ("مدرسة", "مدرسه"),
        ("كتاب", "کتاب"),
    ],
)
def test_spellings_of_one_word_have_one_key(spellings: tuple[str, ...]) -> None:
    """Scripts of one language, missing letters of a keyboard, vowel signs and marks make no difference."""
    assert len({key_text(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("حرب", "هرب"), ("قلب", "كلب"), ("صيف", "سيف"), ("طين", "تين"), ("خرج", "حرج"), ("2000", "20"), ("not", "note")],
)
def test_different_words_have_different_keys(one: str, other: str) -> None:
    """Letters that Arabic keeps apart stay apart, and a number keeps its noughts."""
    assert key_text(one) != key_text(other)


def test_names_are_found_however_they_are_written() -> None:
    """Twelve names in twelve disguises: nearly all are found, each at its own raw characters."""
    lexicon = names_lexicon()
    found = [
        any(hit.said.entity == alias and text[hit.span.start : hit.span.end] in EVASIONS[way](alias) for hit in hits)
        for alias, way, text in evaded(ALIASES)
        if (hits := lexicon.read(text)) is not None
    ]
    assert len(found) == 144
    assert sum(found) / len(found) >= 0.97


def test_no_disguise_makes_a_harmless_text_a_name() -> None:
    """What only has some of a name's words is not found, in no disguise."""
    lexicon = names_lexicon()
    assert [text for _, _, text in evaded(HARMLESS) if lexicon.read(text)] == []


@given(text=TEXTS)
def test_words_with_single_spaces_between(text: str) -> None:
    """A key has nothing but lower-case Latin letters and digits, in words."""
    key = key_text(text)
    assert key == " ".join(key.split())
    assert all(char.isascii() and (char.isdigit() or char.islower()) for char in key.replace(" ", ""))


@given(text=TEXTS)
def test_the_ways_to_a_key_agree(text: str) -> None:
    """The quick key, the words with places and the text with offsets hold the same."""
    key = key_text(text)
    assert " ".join(keyed(text).words) == key
    assert latin_key(text).text == key
    assert len(latin_key(text).offsets) == len(key) + 1


@given(text=TEXTS)
def test_places_rise_and_lie_within_the_text(text: str) -> None:
    """Each word comes from characters of its own, one after the other; some symbols are several words at one place."""
    found = keyed(text)
    places = list(zip(found.starts, found.ends, strict=True))
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(one == other or one[1] <= other[0] for one, other in pairwise(places))
    offsets = latin_key(text).offsets
    assert list(offsets) == sorted(offsets)


@given(text=TEXTS)
def test_a_word_leads_back_to_its_raw_characters(text: str) -> None:
    """The raw characters at a word's place hold that word again."""
    found = keyed(text)
    for word, start, end in zip(found.words, found.starts, found.ends, strict=True):
        raw = text[start:end]
        assert word in key_text(raw).split() or word in key_text(f"#{raw}").split()


@given(text=TEXTS)
def test_a_key_is_its_own_key(text: str) -> None:
    """What was once brought to its key stays as it is, unless single letters now stand in a row."""
    key = key_text(text)
    assume(not re.search(r"(\b\w ){3}\w\b", key))
    assert key_text(key) == key


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "shch",
        "a b ",
        "#Ab",
        "1a",
        "'a",
        "\u0301",
        "@$",
        "а",
        "dz",
        "한",
        "a.b",
        "😀",
        "\U000e0100",
        "a'",
        "ye",
        "kh",
    ],
)
def test_any_text_is_keyed_in_linear_time(unit: str) -> None:
    """100,000 characters of anything take less than a second."""
    text = (unit * 100_000)[:100_000]
    _, seconds = took(lambda: keyed(text), under=1)
    assert seconds < 1

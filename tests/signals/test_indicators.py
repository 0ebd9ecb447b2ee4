"""Indicators in texts: handles, mail addresses, numbers, tags, emoji, sums of money, wallets, accounts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qalqan.errors import BadValue
from qalqan.model.indicators import Amount, amount_from
from qalqan.model.items import Item, ItemKind, Link
from qalqan.model.limits import Limits
from qalqan.model.parts import Span
from qalqan.model.signals import (
    AMOUNT,
    EMOJI,
    HANDLE,
    HASHTAG,
    INDICATORS,
    INVITE,
    LINK,
    MAIL,
    PAYMENT,
    PHONE,
    WALLET,
)
from qalqan.model.times import now
from qalqan.signals.contract import Desk, Reading, Sighting, Subject
from qalqan.signals.indicators.checksums import is_iban, is_luhn
from qalqan.signals.indicators.extractor import MOST, IndicatorExtractor
from qalqan.signals.links import LinkExtractor
from qalqan.signals.url_finder import MOST_LINKS, read_links
from support.took import took

EXTRACTOR = IndicatorExtractor()


def found(text: str, desk: Desk, kind: str) -> list[tuple[str, str]]:
    """Return values of one kind with the raw characters that their spans hold."""
    seen = EXTRACTOR.read_text(text, desk).sightings
    return [(one.value, raw(text, one)) for one in seen if one.kind == kind]


def raw(text: str, seen: Sighting) -> str:
    """Return the characters that a sighting points at."""
    assert seen.span is not None
    return text[seen.span.start : seen.span.end]


def item_of(text: str | None, platform: str | None = None, links: Sequence[Link] = ()) -> Subject:
    """Return a message."""
    who = (platform, None, None, None, None, None)
    return Subject(item=Item("i", "s", ItemKind.MESSAGE, "t/1", "o", *who, text, tuple(links), None, None, {}, now()))


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [
        ("Telegram: @BlueHeron", "telegram:blueheron", "@BlueHeron"),
        ("наш канал в телеграм @blue_heron.", "telegram:blue_heron", "@blue_heron"),
        ("@blueheron (insta)", "instagram:blueheron", "@blueheron"),
        ("write to @BlueHeron now", "@blueheron", "@BlueHeron"),
        ("see t.me/BlueHeron/7", "telegram:blueheron", "t.me/BlueHeron/7"),
        ("see https://x.com/BlueHeron/status/1", "twitter:blueheron", "https://x.com/BlueHeron/status/1"),
        ("tiktok.com/@BlueHeron", "tiktok:blueheron", "tiktok.com/@BlueHeron"),
        ("@heron@pond.example.org", "fediverse:heron@pond.example.org", "@heron@pond.example.org"),
        ("＠blueheron", "@blueheron", "＠blueheron"),
    ],
)
def test_handles_have_their_platform_where_it_is_certain(text: str, value: str, written: str, desk: Desk) -> None:
    """A word beside a handle, or the host of a link, says whose it is."""
    assert (value, written) in found(text, desk, HANDLE)


def test_a_handle_is_of_the_platform_it_was_posted_on(desk: Desk) -> None:
    """Unless another platform's name stands beside it."""
    seen = EXTRACTOR.read(item_of("ask @heron, insta: @egret", platform="Telegram"), desk).sightings
    assert [one.value for one in seen if one.kind == HANDLE] == ["telegram:heron", "instagram:egret"]


@pytest.mark.parametrize(
    "text", ["a@example.org", "meet @ 7", "@1", "@@heron", "https://youtube.com/watch?v=1", "x/@y.z"]
)
def test_what_is_no_handle(text: str, desk: Desk) -> None:
    """Mail addresses, times, and pages that are nobody's."""
    assert found(text, desk, HANDLE) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("t.me/joinchat/AbCdEf123", "https://t.me/+AbCdEf123"),
        ("tg://join?invite=AbCdEf123", "https://t.me/+AbCdEf123"),
        ("https://chat.whatsapp.com/invite/AbCdEf123?mode=x", "https://chat.whatsapp.com/AbCdEf123"),
        ("discord.com/invite/AbCdEf", "https://discord.gg/AbCdEf"),
        ("https://signal.group/#CjQKIAbCdEf", "https://signal.group/#CjQKIAbCdEf"),
        ("t . me/+AbCdEf123", "https://t.me/+AbCdEf123"),
    ],
)
def test_invitations_have_one_form(text: str, value: str, desk: Desk) -> None:
    """However the link to a closed group is written, its key is the same; its capitals stay."""
    ((seen, _),) = found(text, desk, INVITE)
    assert seen == value
    assert EXTRACTOR.canonical(INVITE, value) == value


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [
        ("write to A.Heron@Example.org.", "a.heron@example.org", "A.Heron@Example.org"),
        ("heron [at] example [dot] org", "heron@example.org", "heron [at] example [dot] org"),
        ("heron(at)example.org", "heron@example.org", "heron(at)example.org"),
        ("he\u200bron@example.org\u200b", "heron@example.org", "he\u200bron@example.org"),
    ],
)
def test_mail_addresses(text: str, value: str, written: str, desk: Desk) -> None:
    """Plain and in disguise, in lower case; the span holds what was written."""
    assert found(text, desk, MAIL) == [(value, written)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+998 (90) 123-45-67", "+998901234567"),
        ("call 00998901234567", "+998901234567"),
        ("тел. 8 (912) 345-67-89", "+79123456789"),
        ("WhatsApp: 996 555 12 34 56", "+996555123456"),
        ("+٩٦٦٥٠١٢٣٤٥٦٧", "+966501234567"),
        ("wa.me/998901234567", "+998901234567"),
        ("t.me/+998901234567", "+998901234567"),
    ],
)
def test_telephone_numbers_come_in_international_form(text: str, value: str, desk: Desk) -> None:
    """With a plus, two zeros, a word before them, or in a link that calls."""
    assert [one for one, _ in found(text, desk, PHONE)] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24 15:30:00",
        "order 123456789012",
        "1 000 000 000 000",
        "+12",
        "4111 1111 1111 1111",
        "1.234.567.890.12",
    ],
)
def test_not_every_run_of_digits_is_a_telephone_number(text: str, desk: Desk) -> None:
    """Dates, sums, cards and order numbers are none."""
    assert found(text, desk, PHONE) == []


def test_hashtags_of_all_scripts(desk: Desk) -> None:
    """Vowel signs and apostrophes belong to a tag, marks at its end do not; numbers are none."""
    text = "#Blue_Heron, #Цапля #طائر_أزرق #o‘zbekcha! #हिन्दी #1 a#b &#39; #one#two"
    values = [value for value, _ in found(text, desk, HASHTAG)]
    assert values == ["blue_heron", "цапля", "طائر_أزرق", "o'zbekcha", "हिन्दी", "one", "two"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("🌊🌊", ["🌊🌊"]),
        ("one 🌊 only", []),
        ("👨\u200d👩\u200d👧 🇺🇿", ["👨\u200d👩\u200d👧🇺🇿"]),
        ("1️⃣2️⃣", ["1\u20e32\u20e3"]),
        ("👍🏽👍🏽", ["👍🏽👍🏽"]),
        ("12 34", []),
    ],
)
def test_runs_of_emoji(text: str, values: list[str], desk: Desk) -> None:
    """Two or more, with skin tones, flags, keycaps and joined ones; how they are spaced does not matter."""
    assert [value for value, _ in found(text, desk, EMOJI)] == values


AMOUNTS = [
    ("Boots — $300", 30_000, 30_000, "USD", "Boots"),
    ("300 долларов на форму", 30_000, 30_000, "USD", "форму"),
    ("5 млн сўм", 500_000_000, 500_000_000, "UZS", None),
    ("etik uchun 300 000 so‘m", 30_000_000, 30_000_000, "UZS", "etik"),
    ("Tent: 150–220 $", 15_000, 22_000, "USD", "Tent"),
    ("0.05 BTC", 5_000_000, 5_000_000, "BTC", None),
    ("пять тысяч рублей", 500_000, 500_000, "RUB", None),
    ("ألف دولار", 100_000, 100_000, "USD", None),
    ("٣٠٠ دولار", 30_000, 30_000, "USD", None),
    ("USD 1,500.50", 150_050, 150_050, "USD", None),
    ("1.500,50 €", 150_050, 150_050, "EUR", None),
    ("beş yüz bin lira", 50_000_000, 50_000_000, "TRY", None),
    ("500 bin lira", 50_000_000, 50_000_000, "TRY", None),
    ("20 миң сомго", 2_000_000, 2_000_000, "KGS", None),
    ("20 мың теңге", 2_000_000, 2_000_000, "KZT", None),
    ("100 сомонӣ", 10_000, 10_000, "TJS", None),
    ("100 manat", 10_000, 10_000, "TMT", None),
    ("100 يۈەن", 10_000, 10_000, "CNY", None),
    ("hundert Euro", 10_000, 10_000, "EUR", None),
    ("vijf duizend euro", 500_000, 500_000, "EUR", None),
    ("deux mille euros", 200_000, 200_000, "EUR", None),
    ("300 dollarga", 30_000, 30_000, "USD", None),
    ("5-7 млн сўм", 500_000_000, 700_000_000, "UZS", None),
    ("100 som", 10_000, 10_000, None, None),
    ("100 USDT", 100_000_000, 100_000_000, "USDT", None),
]


@pytest.mark.parametrize(("text", "low", "high", "currency", "item"), AMOUNTS)
def test_sums_of_money(text: str, low: int, high: int, currency: str | None, item: str | None, desk: Desk) -> None:
    """Whole numbers in the smallest unit, as thirteen languages write them, with what they are asked for."""
    ((value, _),) = found(text, desk, AMOUNT)
    assert amount_from(value) == Amount(low, high, currency, item)


def test_a_price_list_gives_each_price_its_own_item(desk: Desk) -> None:
    """One line is one thing; so is what stands between commas."""
    text = "Boots: 40 $\nRadio — 120 $\nшлем 20 000 тенге, палатка 55 000 тенге"
    amounts = [amount_from(value) for value, _ in found(text, desk, AMOUNT)]
    assert [(one.item, one.low) for one in amounts] == [
        ("Boots", 4_000),
        ("Radio", 12_000),
        ("шлем", 2_000_000),
        ("палатка", 5_500_000),
    ]


@pytest.mark.parametrize(
    "text", ["10 ton of sand", "2 try it", "in 2026 we met", "at 12:30", "300 people", "ich bin da"]
)
def test_what_is_no_sum(text: str, desk: Desk) -> None:
    """Weights, years, times and counts are no money."""
    assert found(text, desk, AMOUNT) == []


def base58(payload: bytes, alphabet: str) -> str:
    """Return a checked address, made here another way than it is read there."""
    whole = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    digits, number = "", int.from_bytes(whole, "big")
    while number:
        number, rest = divmod(number, 58)
        digits = alphabet[rest] + digits
    return alphabet[0] * (len(whole) - len(whole.lstrip(b"\0"))) + digits


BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
VERSIONS = [
    ("btc", b"\x00", BITCOIN), ("btc", b"\x05", BITCOIN), ("ltc", b"\x30", BITCOIN), ("ltc", b"\x32", BITCOIN),
    ("dash", b"\x4c", BITCOIN), ("doge", b"\x1e", BITCOIN), ("trx", b"\x41", BITCOIN), ("zec", b"\x1c\xb8", BITCOIN),
    ("xrp", b"\x00", RIPPLE),
]  # fmt: skip


@given(which=st.sampled_from(VERSIONS), payload=st.binary(min_size=20, max_size=20), place=st.integers(1, 25))
def test_the_check_sum_says_which_coin_it_is(which: tuple[str, bytes, str], payload: bytes, place: int) -> None:
    """And an address with one character exchanged is none."""
    coin, version, alphabet = which
    address = base58(version + payload, alphabet)
    assert EXTRACTOR.canonical(WALLET, address) == f"{coin}:{address}"
    other = alphabet[(alphabet.index(address[place]) + 1) % 58]
    with pytest.raises(BadValue):
        EXTRACTOR.canonical(WALLET, address[:place] + other + address[place + 1 :])


# The examples of BIP 173, BIP 350, EIP-55, and of the coins' own documents.
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
TAPROOT = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
CHECKED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
MONERO = "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"{SEGWIT}.", f"btc:{SEGWIT}"),
        (SEGWIT.upper(), f"btc:{SEGWIT}"),
        (TAPROOT, f"btc:{TAPROOT}"),
        (f"Litecoin: {SEGWIT}", f"btc:{SEGWIT}"),
        (f"https://explorer.example.org/address/{CHECKED}", f"eth:{CHECKED.lower()}"),
        (CHECKED.lower(), f"eth?:{CHECKED.lower()}"),
        (CHECKED.replace("aA", "Aa"), f"eth?:{CHECKED.lower()}"),
        (MONERO, f"xmr:{MONERO}"),
        ("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", "bch:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"),
    ],
)
def test_wallets(text: str, value: str, desk: Desk) -> None:
    """The word beside an address decides nothing; without a check sum the coin has a question mark."""
    assert [one for one, _ in found(text, desk, WALLET)] == [value]


@pytest.mark.parametrize("text", [SEGWIT[:-1] + "5", MONERO[:-1] + "B", "0x" + "12" * 32, "ab" * 20, "1" * 34])
def test_what_is_no_wallet(text: str, desk: Desk) -> None:
    """A wrong check sum, a digest, a run of ones."""
    assert found(text, desk, WALLET) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("paypal.me/BlueHeron?locale=en", "paypal:blueheron"),
        ("patreon.com/c/BlueHeron", "patreon:blueheron"),
        ("https://yoomoney.ru/to/4100123456789", "yoomoney:4100123456789"),
        ("Payeer P12345678", "payeer:P12345678"),
        ("IBAN DE89 3704 0044 0532 0130 00", "iban:DE89370400440532013000"),
        ("карта 4111 1111 1111 1111", "card:411111******1111"),
        ("M-Pesa +254 712 345678", "mpesa:+254712345678"),
    ],
)
def test_accounts(text: str, value: str, desk: Desk) -> None:
    """Payment links, bank accounts, mobile money; of a card only its ends are kept."""
    assert [one for one, _ in found(text, desk, PAYMENT)] == [value]
    assert EXTRACTOR.canonical(PAYMENT, value) == value


@pytest.mark.parametrize(
    "text", ["4111 1111 1111 1111", "карта 4111 1111 1111 1112", "IBAN DE88 3704 0044 0532 0130 00", "flight P12345678"]
)
def test_what_is_no_account(text: str, desk: Desk) -> None:
    """A card needs a word beside it, and all need their check digits."""
    assert found(text, desk, PAYMENT) == []


@given(digits=st.text("0123456789", min_size=15, max_size=15), place=st.integers(0, 15))
def test_one_wrong_digit_of_a_card_is_noticed(digits: str, place: int) -> None:
    """There is exactly one last digit that makes a number right, and any change of one digit makes it wrong."""
    (right,) = (digits + last for last in "0123456789" if is_luhn(digits + last))
    wrong = right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]
    assert not is_luhn(wrong)


def test_an_account_number_needs_its_check_digits() -> None:
    """The example of the standard."""
    assert is_iban("GB82WEST12345698765432")
    assert not is_iban("GB82WEST12345698765423")


def test_what_a_list_knows_is_what_a_text_shows(desk: Desk) -> None:
    """Every kind that a bank can hold has a form in which both meet."""
    text = f"@heron a@example.org +998901234567 #heron {SEGWIT} paypal.me/heron t.me/+AbCdEf12"
    seen = EXTRACTOR.read_text(text, desk).sightings
    assert {one.kind for one in seen} >= set(INDICATORS) - {LINK}
    for one in seen:
        assert EXTRACTOR.canonical(one.kind, one.value) == one.value


def test_links_beside_the_text_count_as_well(desk: Desk) -> None:
    """With the place of their label, where it lies within the text."""
    links = (Link("https://t.me/joinchat/AbCdEf12", 0, 4), Link("https://paypal.me/heron", 3, 99))
    seen = EXTRACTOR.read(item_of("here", links=links), desk).sightings
    assert [(one.kind, one.value, one.span) for one in seen[:2]] == [
        (INVITE, "https://t.me/+AbCdEf12", Span(0, 4)),
        (PAYMENT, "paypal:heron", None),
    ]


PIECES = st.sampled_from(
    ["@heron", "a@b.org", "[at]", "[.]", " dot com", "hxxp://", "t . me/", "t,me/", "+998 90 123 45 67",
    "#tag", "🌊", "\u200d",
     "\u200b", "ｔ．ｍｅ／", "$300", "5 млн сўм", "ألف دولار", "—", "–220 $",
    SEGWIT, CHECKED, "карта 4111 1111 1111 1111",
     "https://example.org/?a=1", "DE89 3704 0044 0532 0130 00", " ", "\n", ".", "١٢", "’", "İ", "ß", "so'm", "𝐭"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(text=st.lists(PIECES | st.text(max_size=8), max_size=25).map("".join))
@example("a@b.org\u200b\u200b [.]\u200b")
def test_spans_point_at_the_raw_text(text: str) -> None:
    """Each span lies within the text, and its characters alone give the same value again."""
    seen = EXTRACTOR.read_text(text, DESK).sightings
    for one in seen:
        assert one.span is not None
        assert 0 <= one.span.start < one.span.end <= len(text)
        if one.kind in (MAIL, HASHTAG, EMOJI, WALLET, INVITE):
            again = EXTRACTOR.read_text(raw(text, one), DESK).sightings
            assert (one.kind, one.value) in {(each.kind, each.value) for each in again}


class _NoWords:
    """A lexicon that knows nothing: what is timed and checked here is the rest."""

    def read(self, text: str) -> list[object]:
        """Find nothing."""
        return list(text[:0])


class _Desk:
    """All that the extractor asks of a desk."""

    limits = Limits()
    lexicon = _NoWords()


DESK: Desk = _Desk()  # type: ignore[assignment] # what is not asked for need not be there

FLOODS = [
    "a.", "a@", "@a ", "@", "1 ", "12 ", "1a ", "1", "🌊", "🌊 ", "🇺", "[.]", "[.", "(dot)", "a dot com ",
    "a.com ", "aa.bb ",
    "http://a?", "#a", "#a ", "$1 ", "1$", "1 - ", "1-", "$1-$2 ", "0x", "+1", "+1 ", "00", "+998901234567 ",
    "1,111", "1.1.1",
    "'", "so'm ", "so'", "bin ", "bin bin lira ", "t.me/", "t . me/a ", "AB12 ", "P1234567 payeer ", "a\u200b",
    "\u200b", "👨\u200d",
    "ｔ", "DE89370400440532013000 ", "card 4111 1111 1111 1111 ", "telegram @abc ", "@a@b.co ", "a@b.co ",
    "hxxp", "EQ", "a-",
    "click +998901234567 ", "t.me/+abcde ", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 ", "1BvBMSEYstW",
    f"{CHECKED} ", f"{MONERO} ",
]  # fmt: skip


def afresh(text: str) -> Reading:
    """Read a text of which nothing is remembered."""
    read_links.cache_clear()
    return EXTRACTOR.read_text(text, DESK)


@pytest.mark.parametrize("piece", FLOODS)
def test_hostile_text_takes_a_moment(piece: str) -> None:
    """A hundred thousand characters made to take long take less than half a second, and give a bounded answer."""
    text = (piece * (100_000 // len(piece) + 1))[:100_000]
    seen, seconds = took(lambda: afresh(text).sightings, under=0.5)
    assert seconds < 0.5
    assert len(seen) <= 10 * MOST


@settings(max_examples=60, deadline=None)
@given(piece=st.text("@#.1$ a+[]()/:t,me-0xЯ🌊\u200b\n'", min_size=1, max_size=6))
def test_no_text_takes_more_than_a_second(piece: str) -> None:
    """Whatever is repeated up to 100 kB."""
    text = (piece * (100_000 // len(piece) + 1))[:100_000]
    _, seconds = took(lambda: afresh(text), under=1)
    assert seconds < 1


@pytest.mark.parametrize(
    "pieces",
    [
        "a{}.com ", "a{}.com/ä ", "ä{}.рф ", "a.co:{} ", "a{}.com?=&= ", "http://é{}/ ", "t . me/a{} ", "www.a{}.com ",
        "e.g.\n", "e.g.🌊t,me/b{}@c.de", "тел. 8912{:07} ", "{} млн сўм ", "hundred +99890123{:04} ",
        "DE89370400440532013000 4111111111111111 card ",
    ],
)  # fmt: skip
def test_forty_thousand_characters_take_a_moment(pieces: str) -> None:
    """Links and indicators together, of a text in which nothing comes twice: a sixth of a second, mostly far less."""
    text = "".join(pieces.format(number) for number in range(40_000 // len(pieces) * 2))[:40_000]
    subject = item_of(text)

    def both() -> list[Sighting]:
        read_links.cache_clear()
        return [one for reader in (LinkExtractor(), EXTRACTOR) for one in reader.read(subject, DESK).sightings]

    seen, seconds = took(both, under=0.15)
    assert seconds < 0.15
    assert len(seen) <= 11 * MOST + MOST_LINKS


@pytest.mark.parametrize(
    "value", ["", "{}", "[]", "null", '{"low":-1,"high":1,"currency":null}', '{"low":2,"high":1,"currency":null}']
)
def test_damaged_sums_are_refused(value: str) -> None:
    """What a store gives back is read with care."""
    with pytest.raises(BadValue):
        amount_from(value)

"""Language and script of a text, as a hint."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qalqan.signals.language import language_of
from support.took import took

SENTENCES = {
    "en-Latn": "The library opens at nine, and the children come for the reading hour.",
    "de-Latn": "Die Bücherei öffnet um neun, und die Kinder kommen zur Lesestunde.",
    "nl-Latn": "De bibliotheek gaat om negen uur open en de kinderen komen voor het leesuurtje.",
    "fr-Latn": "La bibliothèque ouvre à neuf heures et les enfants viennent écouter une histoire.",
    "tr-Latn": "Kütüphane dokuzda açılır ve çocuklar okuma saatine gelir.",
    "uz-Latn": "Kutubxona soat toʻqqizda ochiladi va bolalar kitob oʻqishga kelishadi.",
    "uz-Cyrl": "Кутубхона соат тўққизда очилади ва болалар китоб ўқишга келишади.",
    "tk-Latn": "Kitaphana sagat dokuzda açylýar we çagalar kitap okamaga gelýärler.",
    "ru-Cyrl": "Библиотека открывается в девять, и дети приходят на час чтения.",
    "kk-Cyrl": "Кітапхана сағат тоғызда ашылады, балалар кітап оқуға келеді.",
    "ky-Cyrl": "Китепкана саат тогузда ачылат, балдар китеп окуганы келишет, үйлөрүнө кеч кайтышат.",
    "tg-Cyrl": "Китобхона соати нӯҳ кушода мешавад ва кӯдакон барои хондан меоянд.",
    "ar-Arab": "تفتح المكتبة في الساعة التاسعة ويأتي الأطفال لساعة القراءة.",
    "ug-Arab": "كۈتۈپخانا سائەت توققۇزدا ئېچىلىدۇ ۋە بالىلار كىتاب ئوقۇشقا كېلىدۇ.",
}
OTHERS = {
    "uk-Cyrl": "Бібліотека відкривається о дев'ятій, і діти приходять на годину читання.",
    "es-Latn": "La biblioteca abre a las nueve y los niños vienen a la hora de lectura.",
    "fa-Arab": "کتابخانه ساعت نه باز می‌شود و بچه‌ها برای خواندن کتاب می‌آیند.",
}


@pytest.mark.parametrize("tag", [*SENTENCES, *OTHERS])
def test_a_sentence_is_told(tag: str) -> None:
    """Thirteen languages, one of them in two scripts, and neighbours that are none of them."""
    language = language_of((SENTENCES | OTHERS)[tag])
    assert language is not None
    assert language.tag == tag
    assert 40 <= language.confidence <= 100


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("toʻqqiz bola keldi", "uz-Latn"),
        ("قىلىدۇ", "ug-Arab"),
        ("المدرسة الأولى", "ar-Arab"),
        ("үйгө кел", "ky-Cyrl"),
        ("әке келді", "kk-Cyrl"),
        ("https://example.org/the/long/english/address Дети приходят читать", "ru-Cyrl"),
    ],
)
def test_a_few_words_are_told_by_their_letters(text: str, tag: str) -> None:
    """Letters that only one language has decide, and addresses say nothing."""
    language = language_of(text)
    assert language is not None
    assert language.tag == tag


@pytest.mark.parametrize("text", ["", "12 345", "ab", "🔥🔥🔥", "日本語のテキスト", "\ud800\ud800\x00"])
def test_nothing_is_said_of_what_has_no_letters_of_ours(text: str) -> None:
    """Too few letters, or another script."""
    assert language_of(text) is None


@settings(max_examples=300, deadline=None)
@given(
    text=st.one_of(
        st.text(st.characters(exclude_categories=()), max_size=60), st.text("abc й\ud800\ufffe\x00\x85", max_size=60)
    )
)
def test_no_text_is_too_much(text: str) -> None:
    """Unpaired surrogates, control characters and noncharacters, which CLD2 refuses, are read as well."""
    language = language_of(text)
    assert language is None or 0 <= language.confidence <= 100


def test_it_takes_no_longer_for_long_texts() -> None:
    """Only a text's beginning is looked at."""
    long = SENTENCES["ru-Cyrl"] * 1500
    language_of(long)
    _, seconds = took(lambda: [language_of(long) for _ in range(100)], under=0.5)
    assert seconds < 0.5

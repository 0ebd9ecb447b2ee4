"""What says little by itself is only found in a script of its own language."""

from __future__ import annotations

import pytest

from qalqan.model.words import Said, Sense, Strength
from qalqan.signals.scripts import may_stand, script_of

ACT, CONTEXT, NAME = Sense.RECRUIT, Sense.NEWS, Sense.ORGANISATION


@pytest.mark.parametrize(
    ("text", "script"), [("join", "Latn"), ("қўшилинг", "Cyrl"), ("انضموا", "Arab"), ("7 !", None), ("jоin", "Latn")]
)
def test_the_script_of_most_letters(text: str, script: str | None) -> None:
    """A letter that only looks alike changes nothing."""
    assert script_of(text) == script


@pytest.mark.parametrize(
    ("language", "sense", "strength", "text", "may"),
    [
        ("en", ACT, "strong", "join", True),
        ("en", ACT, "strong", "жоин", False),
        ("ru", CONTEXT, "strong", "сообщает", True),
        ("ru", ACT, "strong", "vstupajte", True),
        ("ru", ACT, "weak", "mini", False),
        ("ru", CONTEXT, "strong", "mini", False),
        ("uz", ACT, "weak", "қўшилинг", True),
        ("ug", ACT, "strong", "qatnishinglar", True),
        ("ug", ACT, "strong", "қатнишинг", False),
        ("ar", CONTEXT, "strong", "бригада", False),
        ("und", NAME, "weak", "Кўк Қарқара", True),
        ("en", NAME, "strong", "Блю Херон", True),
        ("xx", ACT, "weak", "что", True),
        ("en", ACT, "weak", "77", True),
    ],
)
def test_where_a_term_may_stand(language: str, sense: Sense, strength: str, text: str, may: bool) -> None:  # noqa: FBT001 - the case
    """Names in any script, strong acts where people retell theirs in Latin letters, the rest at home."""
    said = Said(sense, "x", Strength(strength), language, 0)
    assert may_stand(said, text) is may

"""How well words are found in sentences that the lexicons were, and were not, mended on.

The suite (`tests/functional/suite`) was written blind to the lexicons; these then learned from its first run. The
held-out sentences (`bench/heldout`) were written afterwards by others and nothing was mended on them: they say what to
expect of new text.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import yaml

from qalqan.assess.policy import read_policy

TESTS = Path(__file__).parents[1] / "tests"
HELDOUT = Path(__file__).parent / "heldout"
LINE = "{:<12}{:>14}{:>14}{:>14}{:>14}"


def measure() -> None:
    """Print, for each language, right and exact of the harmful and flagged of the harmless, suite and held-out."""
    sys.path.insert(0, str(TESTS))
    from support import functional

    policy = read_policy()
    reader = functional.Read(policy, functional.lexicon())
    for title, heldout in (("the suite", False), ("held out", True)):
        print(f"{title}\n" + LINE.format("language", "right", "exact", "flagged", "in context"))
        totals: Counter[str] = Counter()
        for language in functional.LANGUAGES:
            counted = _counted(functional, reader, policy, _cases(functional, language, heldout=heldout))
            totals.update(counted)
            print(_line(language, counted))
        print(_line("all", totals) + "\n")


def _cases(functional, language: str, *, heldout: bool):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - the tests' own module
    if not heldout:
        return functional.cases(language)
    file = HELDOUT / f"{language}.yaml"
    loaded = yaml.safe_load(file.read_text("utf-8"))["cases"] if file.is_file() else {}
    return functional.cases_of(language, loaded)


def _counted(functional, reader, policy, cases) -> Counter[str]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    counted: Counter[str] = Counter()
    for case in cases:
        found = reader.assessments(case.text)
        flagged = functional.flags(policy, found)
        if case.expect:
            counted.update(harmful=1, right=functional.is_right(policy, case, found), exact=case.expect in flagged)
        else:
            counted.update(harmless=1, flagged=bool(flagged), context=bool(found) and not flagged)
    return counted


def _line(name: str, counted: Counter[str]) -> str:
    harmful, harmless = counted["harmful"] or 1, counted["harmless"] or 1
    return LINE.format(
        name,
        f"{counted['right']}/{counted['harmful']} {counted['right'] / harmful:.0%}",
        f"{counted['exact'] / harmful:.0%}",
        f"{counted['flagged']}/{counted['harmless']}",
        f"{counted['context'] / harmless:.0%}",
    )

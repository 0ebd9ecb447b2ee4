"""What the desk's own short names are called when people read them."""

from __future__ import annotations

import re
from datetime import datetime

from markupsafe import Markup, escape

from qalqan.i18n import gettext as _
from qalqan.i18n import mark, ngettext
from qalqan.model.cases import Points
from qalqan.model.times import now
from qalqan.review.protection import SEVERITIES
from qalqan.web.words import shown

OUTCOMES = {
    "terrorist": mark("Terrorist content"),
    "lawful": mark("Lawful"),
    "not-enough": mark("Not enough to say"),
    "news-research-counter": mark("News, research or counter-speech"),
    "wrong-match": mark("Wrong match"),
}
"""In the order of their keys, 1 to 5."""
OUTCOMES_ABOUT = {
    "terrorist": mark("It falls under a category and a rule."),
    "lawful": mark("It breaks no rule: it stays where it is."),
    "not-enough": mark("What is there does not suffice to decide."),
    "news-research-counter": mark("It reports, studies or speaks against it."),
    "wrong-match": mark("It is not the known thing: the bank's entry is disputed."),
}
MEASURES = {
    "none": mark("No measure"),
    "referral": mark("Referral to the platform"),
    "removal-order": mark("Removal order"),
    "account": mark("Measure against the account"),
    "authorities": mark("Report to the authorities"),
}
CASE_STATES = {
    "open": mark("Open"),
    "second": mark("Second opinion"),
    "decided": mark("Decided"),
    "appealed": mark("Appealed"),
}
TIES = {
    "first": mark("opened the case"),
    "same-file": mark("the same file"),
    "near-copy": mark("a near copy"),
    "same-text": mark("the same text"),
    "same-link": mark("the same link"),
}
PARTS = {
    "band": mark("Band"),
    "gravity": mark("Gravity"),
    "deadline": mark("Deadline"),
    "spread": mark("Spread"),
    "age": mark("Age"),
}
TABLES = {
    "outcome": OUTCOMES, "outcome_about": OUTCOMES_ABOUT, "measure": MEASURES,
    "severity": {str(number): name for number, name in enumerate(SEVERITIES)},
    "case_state": CASE_STATES, "tie": TIES, "part": PARTS,
}  # fmt: skip
_FACT = re.compile(r"\{(\w+)\}")
_HOUR, _DAY = 3600, 24 * 3600


def told(name: object, table: str) -> str:
    """Return what a short name of the desk is called; one that is not known stands for itself."""
    found = TABLES[table].get(str(name))
    return _(found) if found else str(name)


def points(one: Points) -> Markup:
    """Return one part of a priority in the reader's language, its facts escaped."""
    facts = {name: shown(str(value)) for name, value in one.facts.items()}

    def fact(found: re.Match[str]) -> Markup:
        return Markup("<bdi>{}</bdi>").format(facts.get(found[1], "?"))

    return Markup(_FACT.sub(fact, str(escape(_(one.text)))))  # noqa: S704 - every part was escaped above


def left(due: datetime) -> str:
    """Return how long it is until a moment, or since it: `5 h left`, `2 days late`."""
    seconds = (due - now()).total_seconds()
    size, late = abs(seconds), seconds < 0
    if size < _HOUR:
        count = max(1, round(size / 60))
        said = ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": count}
    elif size < 2 * _DAY:
        count = round(size / _HOUR)
        said = ngettext("%(n)s hour", "%(n)s hours", count) % {"n": count}
    else:
        count = round(size / _DAY)
        said = ngettext("%(n)s day", "%(n)s days", count) % {"n": count}
    return (_("%(time)s late") if late else _("%(time)s left")) % {"time": said}

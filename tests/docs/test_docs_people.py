"""The page about people shows the table of roles and rights that the program goes by."""

from __future__ import annotations

from qalqan.model.roles import MAY, Right, Role
from qalqan.web.people_words import PERSON_ROLES, RIGHTS
from support.pages import DOCS

BEGINS, ENDS = "<!-- roles -->\n", "<!-- /roles -->"


def table() -> str:
    """Return the table as the page shows it."""
    lines = [f"| right | what it is | {' | '.join(Role)} |", "|---|---|" + "---|" * len(Role)]
    for right in Right:
        cells = ("yes" if right in MAY[role] else "" for role in Role)
        lines.append(f"| `{right}` | {RIGHTS[right]} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def test_the_page_shows_which_role_may_do_what() -> None:
    """Every role and right stands there as it is."""
    page = (DOCS / "people.md").read_text("utf-8")
    assert page.partition(BEGINS)[2].partition(ENDS)[0] == table()


def test_every_role_and_right_has_a_name_for_readers() -> None:
    """None is shown by its code alone."""
    assert set(PERSON_ROLES) == set(Role) == set(MAY)
    assert set(RIGHTS) == set(Right)

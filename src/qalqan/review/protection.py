"""How hard something is to look at, and what shields somebody: the stronger of the floor and their own, in each part.

Severity is told before a picture is shown, and time is counted by it. It follows from the policy's category: a declared
table, not a guess by a machine about what is in the picture.
"""

from __future__ import annotations

from collections.abc import Iterable

from qalqan.errors import BadValue
from qalqan.i18n import gettext as _
from qalqan.i18n import mark
from qalqan.model.protection import MOST_BLUR, WEAKEST, Shield

SEVERITIES = (
    mark("Nothing hard is known of it"),
    mark("Mild: unpleasant words or signs"),
    mark("Hard: propaganda of a violent group"),
    mark("Very hard: threats and calls for violence"),
    mark("Extreme: may show violence itself"),
)
"""What each severity, 0 to 4, is called before the picture."""
HARD = 1
"""From which severity on time is counted."""
UNLISTED = 2
"""The severity of a category that the table does not name: a policy of the operator's own is not taken for harmless."""
SEVERITY_OF = {
    # What is listed may be anything that a group makes, films of violence too.
    "terrorist-content": 4, "violent-extremist-content": 4, "other-listed": 2,
    "official-production": 4, "incitement": 3, "threat": 3, "praise": 3, "hateful": 3,
    "recruitment": 2, "instruction": 2, "solicitation": 1, "coordination": 1, "not-enough": 1,
    # Reports show what they report of; a novel or a wake rarely shows it, and may still weigh on whoever reads.
    "news": 2, "court": 2, "counter-speech": 2, "research": 1, "mourning": 2, "fiction": 1, "conservative-lawful": 0,
}  # fmt: skip
"""How hard it may be to look at things of a category, 0 to 4."""
LONGEST_PAUSE = 240
LONGEST_DAY = 720


def severity_of(categories: Iterable[str]) -> int:
    """Return the severity, 0 to 4, of something in these categories: that of the hardest; 0 for none."""
    return max((SEVERITY_OF.get(one, UNLISTED) for one in categories), default=0)


def stronger(one: Shield, other: Shield) -> Shield:
    """Return what protects at least as much as each of them, in every part."""
    return Shield(
        blur=max(one.blur, other.blur),
        grey=one.grey or other.grey,
        mute=one.mute or other.mute,
        stills=one.stills or other.stills,
        pause_minutes=min(one.pause_minutes, other.pause_minutes),
        day_minutes=min(one.day_minutes, other.day_minutes),
    )


def checked(shield: Shield) -> Shield:
    """Return `shield`. Raises BadValue where a part is out of its range."""
    if not 0 <= shield.blur <= MOST_BLUR:
        raise BadValue(_("A blur is a number from 0 to {most}.").format(most=MOST_BLUR))
    if not 1 <= shield.pause_minutes <= LONGEST_PAUSE:
        raise BadValue(_("A pause is proposed after 1 to {most} minutes.").format(most=LONGEST_PAUSE))
    if not 1 <= shield.day_minutes <= LONGEST_DAY:
        raise BadValue(_("The bound of a day is 1 to {most} minutes.").format(most=LONGEST_DAY))
    return shield


def own_above(floor: Shield, own: Shield) -> Shield:
    """Return what somebody may keep as their own: `own`. Raises BadValue where a chosen number is below the floor."""
    checked(own)
    if own.blur != WEAKEST.blur and own.blur < floor.blur:
        raise BadValue(_("The organisation's floor of blur is {blur}.").format(blur=floor.blur))
    if own.pause_minutes != WEAKEST.pause_minutes and own.pause_minutes > floor.pause_minutes:
        raise BadValue(
            _("The organisation proposes a pause after {minutes} minutes.").format(minutes=floor.pause_minutes)
        )
    if own.day_minutes != WEAKEST.day_minutes and own.day_minutes > floor.day_minutes:
        raise BadValue(_("The organisation's bound of a day is {minutes} minutes.").format(minutes=floor.day_minutes))
    return own

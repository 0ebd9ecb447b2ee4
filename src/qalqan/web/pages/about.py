"""What this program is, by which policy it weighs, and what it never does."""

from __future__ import annotations

from fastapi import APIRouter, Response

from qalqan.i18n import gettext as _
from qalqan.i18n import mark
from qalqan.web.visits import Visiting

NEVER = (
    mark("It intercepts nothing, breaks no encryption and reads no private chat that it was not given."),
    mark("Faith, ethnicity, language and origin are never evidence. Conservative religious speech is lawful."),
    mark("Weak signs, such as a link or a hashtag, never trigger anything alone."),
    mark("It does not take quoting for promoting: news, research, counter-speech and evidence quote terrorists."),
    mark("It decides nothing. Every action carries a named person, a rule and a reason, and can be appealed."),
    mark("It recognises no faces, runs no covert accounts, and targets nobody in secret."),
    mark("It never takes a wallet, an account or a name for a person's identity."),
    mark("It shows hard material to nobody unasked: pictures are blurred and grey until somebody chooses to look."),
)
router = APIRouter(include_in_schema=False)


@router.get("/about")
def about(visit: Visiting) -> Response:
    """Show the version, the policy in plain words, and the bounds."""
    return visit.page("about.html", never=[_(one) for one in NEVER])

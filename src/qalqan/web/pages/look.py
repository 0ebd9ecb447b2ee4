"""How the console looks to a reader: light or dark, the language, its keys. Kept in cookies of their own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response
from starlette.responses import RedirectResponse

from qalqan.i18n import LANGUAGES
from qalqan.web.guard import LANGUAGE_COOKIE
from qalqan.web.render import KEYS, KEYS_COOKIE, THEME_COOKIE, THEMES
from qalqan.web.urls import local
from qalqan.web.visits import Sending

YEAR = 365 * 24 * 3600
router = APIRouter(include_in_schema=False)


@router.post("/look")
def look(
    visit: Sending,
    theme: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
    keys: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Keep a choice and go back to where it was made."""
    response = RedirectResponse(local(back), 303)
    secure = visit.services.settings.secure_cookies
    choices = ((THEME_COOKIE, theme, THEMES), (LANGUAGE_COOKIE, language, LANGUAGES), (KEYS_COOKIE, keys, KEYS))
    for name, value, known in choices:
        if value in known:
            response.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="lax", secure=secure)
    return response

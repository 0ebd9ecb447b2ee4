"""A text that somebody tries: what is found in it, what it comes to, and why not more. Nothing is stored."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from qalqan.errors import BadValue
from qalqan.flow.trying import LONGEST, try_text
from qalqan.model.assessments import Band
from qalqan.web.spoken import spoken
from qalqan.web.visits import Sending, Visiting

router = APIRouter(include_in_schema=False)


@router.get("/try")
def show(visit: Visiting) -> Response:
    """Show an empty form."""
    return visit.page("try.html", text="", longest=LONGEST, tried=None, read=None, problem="")


@router.post("/try")
def explain(visit: Sending, text: Annotated[str, Form()] = "") -> Response:
    """Show what is found in a text and what it comes to."""
    text = text.replace("\r\n", "\n").replace("\0", "")
    if not text.strip():
        return show(visit)
    try:
        tried = try_text(visit.services, text)
    except BadValue as wrong:
        return visit.page(
            "try.html", text=text[:LONGEST], longest=LONGEST, tried=None, read=None, problem=wrong.message
        )
    made = [one for one in tried.assessments if one.band is not Band.NOTHING or one.score]
    read = spoken(text, tried.signals, made)
    return visit.page("try.html", text=text, longest=LONGEST, tried=tried, read=read, assessments=made, problem="")

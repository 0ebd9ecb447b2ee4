"""What is sent to be checked or handed in, and what is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from qalqan.web.api.models import BoxOut, IntervalOut, ReasonOut, SpanOut, StretchOut

Digest = Annotated[str, StringConstraints(max_length=80)]
Line = Annotated[str, StringConstraints(max_length=500)]
Link = Annotated[str, StringConstraints(max_length=4096)]
Text = Annotated[str, StringConstraints(max_length=100_000, pattern=r"^[^\x00]*$")]
_HASH = "0f" * 32
_ABOUT_PDQ = "PDQ hashes, 64 hexadecimal digits each. Near ones match, too."

_ABOUT_QUICK = (
    "Compare a picture by its hashes alone, not by its parts: several times quicker, but a copy that is cut, tilted or "
    "part of another picture is not found."
)


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Content(_In):
    text: Annotated[Text | None, Field(description="Words, as they were posted.")] = None
    link: Annotated[list[Link], Field(description="Links beside the text.", max_length=100)] = []


class CheckIn(_Content):
    """What is to be checked, all of it as one thing. At least one part."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"sha256": [_HASH]}, {"text": "Tea at the bridge", "link": ["https://a.example"]}]
        },
    )
    sha256: Annotated[list[Digest], Field(description="SHA-256 of files, 64 hexadecimal digits.", max_length=100)] = []
    pdq: Annotated[list[Digest], Field(description=_ABOUT_PDQ, max_length=100)] = []
    store: Annotated[bool, Field(description="Hand it in as an item as well; needs `reference`.")] = False
    quick: Annotated[bool, Field(description=_ABOUT_QUICK)] = False
    platform: Annotated[Line, Field(description="Your platform's name, where it is stored.")] = ""
    reference: Annotated[Line, Field(description="Your own name for it, where it is stored.")] = ""


class HashIn(_In):
    """One hash."""

    kind: Annotated[str, StringConstraints(max_length=40), Field(description="sha256 or pdq.")]
    value: Digest


class HashesIn(_In):
    """Hashes, each asked for by itself."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"hashes": [{"kind": "sha256", "value": _HASH}]}]}
    )
    hashes: Annotated[list[HashIn], Field(min_length=1, max_length=1000)]


class HandIn(_Content):
    """What a platform hands in as an item. With a text, a link or a file."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"platform": "lake.example", "reference": "post/17", "text": "Tea at four"}]},
    )
    platform: Annotated[Line, Field(min_length=1, description="Your platform's name.")]
    reference: Annotated[Line, Field(min_length=1, description="Your own name for it: sent twice, it is there once.")]
    author: Line | None = None
    channel: Line | None = None
    posted_at: datetime | None = None


class CheckMatchOut(BaseModel):
    """A known thing that was found in what was checked."""

    entry: str
    label: str
    bank: str
    category: str
    kind: str
    matcher: str
    distance: float
    """In the kind's own unit, 0 for identical: bits of 256 for pictures."""
    verified: bool
    """Whether a second, independent look confirmed it; identical content always is."""
    transform: str | None
    score: float | None
    box_query: BoxOut | None
    box_known: BoxOut | None
    interval_query: IntervalOut | None
    interval_known: IntervalOut | None
    span_query: SpanOut | None
    stretches: list[StretchOut]


class CheckAssessmentOut(BaseModel):
    """What a policy makes of it. It is no decision: a person decides."""

    category: str
    score: int
    band: str
    policy: str
    reasons: list[ReasonOut]


class CheckOut(BaseModel):
    """What was found in what was checked, and what it comes to."""

    band: str
    """The strongest band: known, likely, look or nothing."""
    matches: list[CheckMatchOut]
    assessments: list[CheckAssessmentOut]
    sha256: str | None
    """Of the file; null where none was sent."""
    problems: list[str]
    """What could not be read of it: where there are some, `nothing` says less."""
    item: str | None
    """The item that it was handed in as; null unless `store` asked for it."""


class HashOut(BaseModel):
    """What one hash is near to."""

    kind: str
    value: str
    band: str
    matches: list[CheckMatchOut]


class HashesOut(BaseModel):
    """An answer for each hash, in the order in which they were sent."""

    answers: list[HashOut]


class HandedInOut(BaseModel):
    """The item that something became."""

    id: str
    new: bool
    """False where the same thing had been handed in before."""

"""What the API answers with. Times are UTC in ISO 8601; an unknown value is null, never 0."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class FaultOut(_Out):
    """What went wrong."""

    code: str
    message: str
    hint: str
    event: str | None
    """Its id in the log, where it is our fault."""


class ErrorOut(_Out):
    """Every answer that is not a success."""

    error: FaultOut


class ListOf(_Out, Generic[T]):
    """A stretch of a list."""

    total: int
    more: bool = False
    """Whether there are more than `total`: of a list under several filters only the first 10,000 are counted."""
    limit: int
    offset: int
    rows: list[T]


class SpanOut(_Out):
    """Characters `start` up to, not including, `end` of an item's text."""

    start: int
    end: int


class IntervalOut(_Out):
    """Seconds of a recording."""

    start: float
    end: float


class BoxOut(_Out):
    """Fractions of a picture's width and height, from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


class StretchOut(_Out):
    """A stretch that two recordings share, where there are several."""

    query: IntervalOut
    known: IntervalOut
    speed: float


class LinkOut(_Out):
    """A link that an item carries."""

    url: str
    start: int | None
    end: int | None


class MediaOut(_Out):
    """A file's content."""

    sha256: str
    kind: str
    type: str
    size: int
    kept: bool
    width: int | None
    height: int | None
    duration: float | None


class AttachmentOut(_Out):
    """A file on an item."""

    ordinal: int
    name: str
    media_sha256: str | None
    missing: str | None


class ItemOut(_Out):
    """One post, message, page, file or article."""

    id: str
    source_id: str
    kind: str
    reader: str
    origin: str
    platform: str | None
    channel: str | None
    channel_ref: str | None
    author: str | None
    author_ref: str | None
    posted_at: datetime | None
    text: str | None
    links: list[LinkOut]
    reply_to: str | None
    forwarded_from: str | None
    extra: dict[str, Any]
    collected_at: datetime


class ReasonOut(_Out):
    """Why an assessment has some of its points; `{names}` in `text` stand for `facts`."""

    feature: str
    points: int
    text: str
    facts: dict[str, Any]
    match_id: str | None
    span: SpanOut | None
    """The words of the item's text that it stands on; null where they stand in a file."""
    box: BoxOut | None
    interval: IntervalOut | None
    beside: list[SpanOut]
    """Further places in the text that it stands on."""


class AssessmentOut(_Out):
    """What a policy makes of an item."""

    id: str
    category: str
    score: int
    band: str
    policy: str
    assessed_at: datetime
    reasons: list[ReasonOut]


class MatchOut(_Out):
    """A known thing found again."""

    id: str
    item: str
    origin: str
    name: str | None
    media: str | None
    entry: str
    label: str
    bank: str
    category: str
    kind: str
    matcher: str
    distance: float
    verified: bool
    transform: str | None
    box_query: BoxOut | None
    box_known: BoxOut | None
    interval_query: IntervalOut | None
    interval_known: IntervalOut | None
    span_query: SpanOut | None
    found_at: datetime
    score: float | None
    """−log10 of how often chance would do as well; null where the stage does not say."""
    stretches: list[StretchOut]


class WholeItemOut(ItemOut):
    """An item with all that hangs on it."""

    attachments: list[AttachmentOut]
    media: list[MediaOut]
    assessments: list[AssessmentOut]
    matches: list[MatchOut]
    """The nearest 100."""


class SignalOut(_Out):
    """Something that was read in an item: a word, a name, an indicator, a text in a file."""

    kind: str
    value: str
    """In the kind's own form; `said`, `link-use` and `amount` are JSON."""
    media_sha256: str | None
    """The file that it was read in; null for the item's own text."""
    span: SpanOut | None
    box: BoxOut | None
    interval: IntervalOut | None
    quality: int | None
    extractor: str


class WhyNotOut(_Out):
    """What kept something from counting; `{names}` in `text` stand for `facts`."""

    cause: str
    terms: list[str]
    text: str
    facts: dict[str, str]


class ReadOut(_Out):
    """What was read in an item's words, and what that comes to under the policy in force."""

    item: str
    language: str | None
    """Language and script of its text, as a hint: `uz-Latn`."""
    names: list[str]
    """Whom it names, by their keys in the lexicons."""
    signals: list[SignalOut]
    why_not: list[WhyNotOut]


class LexiconOut(_Out):
    """An entry of the lexicons."""

    key: str
    language: str
    sense: str
    strength: str
    terms: list[str]
    source: str
    hits: list[str]
    misses: list[str]
    exact: bool
    follows: bool
    entity: str | None
    name: str | None
    origin: str
    status: str
    by: str | None
    """Who changed it last; null for what is as it came with the program, as `at` and `reason` are."""
    at: datetime | None
    reason: str | None


class NameOut(_Out):
    """Somebody whom stored items name."""

    entity: str
    name: str
    kind: str | None
    items: int
    first: datetime
    last: datetime


class RulesOut(_Out):
    """How a bank is compared."""

    radius: int
    quality: int
    stages: list[str]
    """None: all of them."""
    negative: bool
    flood: int


class BankOut(_Out):
    """A collection of known things."""

    id: str
    name: str
    category: str
    description: str
    created_by: str
    created_at: datetime
    rules: RulesOut
    entries: dict[str, int]
    """How many of each status."""


class EntryOut(_Out):
    """One known thing as one signal of it."""

    id: str
    bank_id: str
    kind: str
    value: str
    label: str
    provenance: str
    status: str
    valid_until: datetime | None
    media_sha256: str | None
    added_by: str
    added_at: datetime


class ScanOut(_Out):
    """One walk of a source, and how far it is."""

    id: str
    source_id: str | None
    source: str | None
    state: str
    started_at: datetime
    finished_at: datetime | None
    failure: str | None
    read: int
    added: int
    compared: int
    """Items whose batch is done."""
    to_compare: int
    """Items in all batches so far."""


class ProblemOut(_Out):
    """Something that could not be read."""

    id: str
    source_id: str
    step: str
    where: str
    code: str
    message: str
    hint: str
    at: datetime


class EventOut(_Out):
    """One thing anyone did."""

    seq: int
    at: datetime
    by: str
    verb: str
    subject: str
    detail: dict[str, Any]
    previous: str
    hash: str


class Health(_Out):
    """Whether the program and its store answer."""

    status: str
    version: str
    policy: str
    banks_version: int

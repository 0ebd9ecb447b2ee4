"""Checking and handing in over the API: for platforms, one thing or a thousand hashes a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from qalqan.errors import BadValue
from qalqan.flow.check import Answer, Asked, Checker, Hash, hash_of
from qalqan.flow.indexes import Shelves
from qalqan.flow.uploads import Upload, hand_in_upload
from qalqan.model.assessments import Assessment, Band
from qalqan.store.findings import Found
from qalqan.web.api.check_models import (
    CheckAssessmentOut,
    CheckIn,
    CheckMatchOut,
    CheckOut,
    HandedInOut,
    HandIn,
    HashesIn,
    HashesOut,
    HashOut,
)
from qalqan.web.api.checks import QuickCalling, checks_of
from qalqan.web.api.common import PREFIX
from qalqan.web.api.models import ReasonOut
from qalqan.web.api.uploads import Sent, sent
from qalqan.web.visits import Visit

FEW = 8
"""Hashes that are looked up at once; more of them have a thread to themselves."""
BODIES: dict[str, Any] = {}
"""Schemas that bodies refer to, by name: the description of the API holds them."""
router = APIRouter(prefix=PREFIX, tags=["Checking and handing in"])


def body_of(model: type[BaseModel], *, file: bool = True) -> dict[str, Any]:
    """Return how OpenAPI describes a body that is JSON or, with a `file`, a form of the same fields."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    examples = schema.pop("examples", [])
    BODIES.update(schema.pop("$defs", {}))
    content: dict[str, Any] = {"application/json": {"schema": schema, "example": examples[0]}}
    if file:
        about = {"type": "string", "format": "binary", "description": "The file."}
        form = {**schema, "properties": {**schema["properties"], "file": about}}
        content["multipart/form-data"] = {"schema": form}
    return {"requestBody": {"required": True, "content": content}}


@router.post(
    "/check",
    summary="Check a file, hashes, a text or links",
    response_model=CheckOut,
    openapi_extra=body_of(CheckIn),
)
async def check(request: Request, visit: QuickCalling) -> Response:
    """Answer what it matches and what it comes to. Nothing is stored, unless `store` asks for it."""
    checks = checks_of(request)
    async with sent(request, CheckIn) as got:
        asked = _asked(got)
        shelves = await checks.shelves()
        if asked.path or asked.text or asked.links or len(asked.hashes) > FEW:
            answer = await checks.in_thread(lambda: checks.checker.check(shelves, asked))
        else:
            answer = _looked_up(checks.checker, shelves, asked.hashes)
        item = await checks.in_thread(lambda: _stored(visit, got)) if got.body.store else None
    return _json(_check_out(answer, item))


def _asked(got: Sent[CheckIn]) -> Asked:
    body = got.body
    hashes = [*(hash_of("sha256", one) for one in body.sha256), *(hash_of("pdq", one) for one in body.pdq)]
    if not (hashes or body.text or body.link or got.path):
        raise BadValue("There is nothing to check.", hint="Send a file, sha256, pdq, text or link.")
    return Asked(tuple(hashes), body.text, tuple(body.link), got.path, got.name, body.quick)


def _looked_up(checker: Checker, shelves: Shelves, hashes: Sequence[Hash]) -> Answer:
    found = tuple(one for some in checker.look_up(shelves, hashes) for one in some)
    return Answer(found, checker.weigh(found) if found else ())


def _stored(visit: Visit, got: Sent[CheckIn]) -> str:
    body = got.body
    if not (body.text or body.link or got.path):
        raise BadValue("A hash alone cannot be stored.", hint="Send the file, a text or a link.")
    upload = Upload(body.platform or visit.person.name, body.reference, body.text, tuple(body.link), got.path, got.name)
    return hand_in_upload(visit.services, upload, visit.person.name)[0]


@router.post(
    "/check/hashes",
    summary="Look up many hashes",
    response_model=HashesOut,
    openapi_extra=body_of(HashesIn, file=False),
)
async def check_hashes(request: Request, visit: QuickCalling) -> Response:  # noqa: ARG001 - for those who may
    """Answer for each of up to 1,000 hashes by itself what it is near to."""
    checks = checks_of(request)
    async with sent(request, HashesIn) as got:
        hashes = [hash_of(one.kind, one.value) for one in got.body.hashes]
    shelves = await checks.shelves()
    if len(hashes) > FEW:
        return await checks.in_thread(lambda: _json(_hashes_out(checks.checker, shelves, hashes)))
    return _json(_hashes_out(checks.checker, shelves, hashes))


def _hashes_out(checker: Checker, shelves: Shelves, hashes: Sequence[Hash]) -> HashesOut:
    answers = []
    for one, found in zip(hashes, checker.look_up(shelves, hashes), strict=True):
        band = Answer(tuple(found), checker.weigh(found)).band if found else Band.NOTHING
        answers.append(
            HashOut(kind=one.kind, value=one.value, band=band.value, matches=[_match_out(each) for each in found])
        )
    return HashesOut(answers=answers)


@router.post(
    "/items",
    summary="Hand in an item",
    response_model=HandedInOut,
    openapi_extra=body_of(HandIn),
)
async def hand_in(request: Request, visit: QuickCalling) -> Response:
    """Keep it, read it, compare it and weigh it as everything else. Sent twice, it is there once."""
    async with sent(request, HandIn) as got:
        body = got.body
        upload = Upload(
            body.platform, body.reference, body.text, tuple(body.link), got.path, got.name, body.author, body.channel,
            body.posted_at,
        )  # fmt: skip
        item, new = await checks_of(request).in_thread(
            lambda: hand_in_upload(visit.services, upload, visit.person.name)
        )
    return _json(HandedInOut(id=item, new=new))


def _json(body: BaseModel) -> Response:
    return Response(body.model_dump_json(), media_type="application/json")


def _check_out(answer: Answer, item: str | None) -> CheckOut:
    return CheckOut(
        band=answer.band.value,
        matches=[_match_out(one) for one in answer.found],
        assessments=[_assessment_out(one) for one in answer.assessments if one.band is not Band.NOTHING],
        sha256=answer.sha256,
        problems=list(answer.problems),
        item=item,
    )


def _match_out(found: Found) -> CheckMatchOut:
    match, entry = found.match, found.entry
    return CheckMatchOut.model_validate(
        {
            "entry": entry.id, "label": entry.label, "bank": found.bank, "category": found.category,
            "kind": match.kind, "matcher": match.matcher, "distance": match.distance, "verified": match.verified,
            "transform": match.transform, "score": match.score, "box_query": match.box_query,
            "box_known": match.box_known, "interval_query": match.interval_query,
            "interval_known": match.interval_known, "span_query": match.span_query,
            "stretches": list(match.stretches),
        },
        from_attributes=True,
    )  # fmt: skip


def _assessment_out(made: Assessment) -> CheckAssessmentOut:
    reasons = [ReasonOut.model_validate(one).model_copy(update={"match_id": None}) for one in made.reasons]
    return CheckAssessmentOut(
        category=made.category, score=made.score, band=made.band.value, policy=made.policy, reasons=reasons
    )

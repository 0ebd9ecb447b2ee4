"""Quality over the API: agreement of people, precision of features and banks. For leads."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from qalqan.flow.figures import USUAL, Days, Measured
from qalqan.model.quality import Precision, Share
from qalqan.review.agreement import FEW, Agreement
from qalqan.store import quality
from qalqan.web.api.common import PREFIX
from qalqan.web.visits import Visiting

Back = Annotated[Days, Query(description="Days back; 0: all.")]
router = APIRouter(prefix=PREFIX, tags=["Quality"])


class ShareOut(BaseModel):
    """How many of some were right, with the interval that holds the true share 95 times in 100 (Wilson)."""

    model_config = ConfigDict(from_attributes=True)

    share: float | None
    right: int
    of: int
    low: float
    high: float


class CoefficientOut(BaseModel):
    """A coefficient of agreement, -1 to 1, with the interval that holds the true one 95 times in 100."""

    model_config = ConfigDict(from_attributes=True)

    value: float
    low: float
    high: float


class AgreementOut(BaseModel):
    """How far two people's answers agree."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(default="", description="The category or language; empty for all, or where it is not known.")
    cases: int
    same: ShareOut
    few: bool = Field(description="Too few cases to say more.")
    kappa: CoefficientOut | None = Field(description="Cohen's; none where there are few, or it is not defined.")
    alpha: CoefficientOut | None = Field(description="Krippendorff's, for answers without an order.")


class PrecisionOut(BaseModel):
    """How often something that spoke for terrorist content was right, by the decisions that stand."""

    name: str
    decided: ShareOut = Field(description="Of decided cases without those of which there is not enough to say.")
    outcomes: dict[str, int]


class PersonOut(BaseModel):
    """How often somebody came to what was agreed on at golden cases."""

    name: str
    golden: ShareOut


class QualityOut(BaseModel):
    """What the decisions and second looks of a time say."""

    days: int
    measured_at: datetime
    decided: int = Field(description="Decisions that were measured.")
    capped: bool = Field(description="Whether there are more: only the newest are measured.")
    least: int = Field(description="Under so many cases no coefficient is given.")
    blind_share: float = Field(description="The share of decisions that is looked at again.")
    waiting: int = Field(description="Second looks that nobody has given yet.")
    disagreements: int = Field(description="Answers that differ, and that no lead has looked at.")
    blind: AgreementOut
    golden: AgreementOut
    by_category: list[AgreementOut]
    by_language: list[AgreementOut]
    people: list[PersonOut]
    features: list[PrecisionOut]
    banks: list[PrecisionOut]
    matches: list[PrecisionOut] = Field(description="By kind of match.")


@router.get("/quality", summary="Agreement of people, precision of features and banks")
def get_quality(visit: Visiting, days: Back = USUAL) -> QualityOut:
    """Of a time; a large store is measured now and then, see `measured_at`."""
    with visit.reading() as tx:
        waiting, unlike = quality.count_waiting(tx), quality.count_disagreements(tx)
    found = visit.services.figures.of(visit.services.store, days)
    return _out(found, visit.services.settings.blind_share, waiting, unlike)


def _out(found: Measured, share: float, waiting: int, unlike: int) -> QualityOut:
    return QualityOut(
        days=found.days, measured_at=found.at, decided=found.decided, capped=found.capped, least=FEW,
        blind_share=share, waiting=waiting, disagreements=unlike, blind=_agreement("", found.blind),
        golden=_agreement("", found.golden),
        by_category=[_agreement(name, one) for name, one in found.by_category],
        by_language=[_agreement(name, one) for name, one in found.by_language],
        people=[PersonOut(name=name, golden=_share(one)) for name, one in found.people],
        features=[_precision(one) for one in found.features], banks=[_precision(one) for one in found.banks],
        matches=[_precision(one) for one in found.matchers],
    )  # fmt: skip


def _agreement(name: str, one: Agreement) -> AgreementOut:
    return AgreementOut.model_validate(one).model_copy(update={"name": name})


def _share(one: Share) -> ShareOut:
    return ShareOut.model_validate(one)


def _precision(one: Precision) -> PrecisionOut:
    return PrecisionOut(name=one.name, decided=_share(one.decided), outcomes=one.outcomes)

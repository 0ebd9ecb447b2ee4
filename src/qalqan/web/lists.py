"""What every list shares: pages of it, and its export."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query
from starlette.responses import StreamingResponse

from qalqan.flow.exports import Form, lines

PAGE = 50
MOST_PAGES = 1_000_000

EventNumber = Annotated[int, Query(ge=1, le=2**63 - 1, description="Only events before this number.")]
"""As large as a number in the databases can be."""
PageNumber = Annotated[int, Query(ge=1, le=MOST_PAGES)]
ExportFormat = Form


@dataclass(frozen=True, slots=True)
class Paging:
    """Which stretch of a list is shown."""

    total: int
    page: int
    size: int = PAGE
    more: bool = False
    """Whether there are more than `total`: they were not counted."""

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, math.ceil(self.total / self.size))

    @property
    def onward(self) -> bool:
        """Whether a page comes after this one."""
        return self.page < self.pages or (self.more and self.page == self.pages)

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.page - 1) * self.size

    @property
    def first(self) -> int:
        """The number of the first row shown, counted from 1; 0 where there is none."""
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return min(self.offset + self.size, self.total)


def export(
    name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], form: ExportFormat
) -> StreamingResponse:
    """Return a list as a file, row by row, so that a long one needs no memory."""
    types = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}
    headers = {"Content-Disposition": f'attachment; filename="qalqan-{name}.{form}"'}
    return StreamingResponse(lines(columns, rows, form), media_type=types[form], headers=headers)

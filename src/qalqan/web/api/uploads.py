"""Reads what programs send in: JSON, or a form with a file, within bounds of size and time, onto the disk at once."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from qalqan.errors import BadValue, LimitReached
from qalqan.flow.services import Services
from qalqan.i18n import gettext as _
from qalqan.isolate import leavings

SECONDS = 60.0
"""Until the last byte of a request is there."""
LONGEST_FORM_FIELD = 512 << 10
MOST_FIELDS = 200
LISTS = ("link", "sha256", "pdq")
"""Fields of a form that may be given several times."""
_CHUNK = 1 << 20
T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Sent(Generic[T]):
    """What was sent, checked, and its file on this machine, which goes when the request ends."""

    body: T
    path: Path | None
    name: str


@asynccontextmanager
async def sent(request: Request, model: type[T]) -> AsyncIterator[Sent[T]]:
    """Read a request's body. Raises BadValue, LimitReached; HTTPException 408 and 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    with ExitStack() as leavings_of_it:
        try:
            async with asyncio.timeout(SECONDS):
                read = (
                    _json(request, model) if kind == "application/json" else _form(request, model, kind, leavings_of_it)
                )
                found = await read
        except TimeoutError as error:
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, _("The request did not come whole in time.")) from error
        yield found


def _scratch(request: Request) -> tempfile.TemporaryDirectory[str]:
    services: Services = request.app.state.services
    place = services.settings.home / "scratch"
    place.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix=leavings.prefix("api"), dir=place, ignore_cleanup_errors=True)


async def _json(request: Request, model: type[T]) -> Sent[T]:
    return Sent(_checked(model, await request.body()), None, "")


def _checked(model: type[T], body: bytes | dict[str, Any]) -> T:
    try:
        return model.model_validate_json(body) if isinstance(body, bytes) else model.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = " → ".join(str(part) for part in first["loc"])
        raise BadValue(f"{where}: {first['msg']}" if where else str(first["msg"])) from None


async def _form(request: Request, model: type[T], kind: str, stack: ExitStack) -> Sent[T]:
    if kind != "multipart/form-data":
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _("Send application/json, or multipart/form-data where there is a file.")
        )
    fields: dict[str, Any] = {}
    path, name = None, ""
    async with request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=LONGEST_FORM_FIELD) as form:
        for field, value in form.multi_items():
            if isinstance(value, UploadFile):
                if field != "file":
                    raise BadValue(f"There is no file named {field[:80]!r}.", hint="The field of the file is `file`.")
                path, name = Path(stack.enter_context(_scratch(request))) / "file", (value.filename or "")[:255]
                await run_in_threadpool(_kept, request, value, path)
            elif field in LISTS:
                fields.setdefault(field, []).append(value)
            else:
                fields[field] = value
    return Sent(_checked(model, fields), path, name)


def _kept(request: Request, upload: UploadFile, path: Path) -> None:
    services: Services = request.app.state.services
    most = services.settings.check_bytes
    if (upload.size or 0) > most:
        raise LimitReached(f"The file has more than {most:,} bytes.", hint="QALQAN_CHECK_BYTES allows larger ones.")
    with path.open("wb") as out:
        while chunk := upload.file.read(_CHUNK):
            out.write(chunk)

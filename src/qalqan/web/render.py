"""Pages out of templates: Jinja with escaping always on, in the reader's language."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import jinja2
from babel.dates import format_datetime
from babel.numbers import format_decimal
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from qalqan import __version__, i18n
from qalqan.assess.weigh import clock
from qalqan.flow.effects import Moved
from qalqan.flow.policies import Policies
from qalqan.model.parts import Span
from qalqan.web import marks, senses, spoken, urls, words

HERE = Path(__file__).parent
THEME_COOKIE = "qalqan_theme"
THEMES = ("auto", "light", "dark")
KEYS_COOKIE = "qalqan_keys"
KEYS = ("on", "off")
"""Whether single letters do anything: who speaks to a computer, or whose hands shake, presses them unasked."""
RIGHT_TO_LEFT: frozenset[str] = frozenset()
"""Languages of the console itself that are written from the right; none yet."""


class Pages:
    """Renders the console's pages. Made once."""

    def __init__(self, policies: Policies) -> None:
        policies.current()  # one that cannot be read is told of when the console starts, not on each page
        self._policies = policies
        self._env = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._env.policies["ext.i18n.trimmed"] = True
        self._env.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined] # by the extension
        self._env.filters.update(_FILTERS)
        self._env.globals.update(languages=i18n.LANGUAGES, themes=THEMES, version=__version__, static=_static_version())

    def page(self, request: Request, template: str, context: Mapping[str, object], status: int = 200) -> HTMLResponse:
        """Return a page of the console."""
        body = self._env.get_template(template).render(
            request=request,
            policy=self._policies.current(),
            here=urls.here(request),
            language=i18n.current(),
            theme=_chosen(request, THEME_COOKIE, THEMES),
            keys=_chosen(request, KEYS_COOKIE, KEYS),
            changed=lambda **values: urls.changed(request, **values),
            with_query=urls.with_query,
            **context,
        )
        return HTMLResponse(body, status)

    def bare(self, request: Request, template: str, context: Mapping[str, object], status: int = 200) -> HTMLResponse:
        """Return a page for somebody who is not, or perhaps not, logged in."""
        return self.page(request, template, {"person": None, "csrf": "", **context}, status)


def _chosen(request: Request, cookie: str, known: Sequence[str]) -> str:
    """Return what a reader chose, the first where they chose nothing that is known."""
    value = request.cookies.get(cookie, "")
    return value if value in known else known[0]


def _static_version() -> str:
    """Return a name for the present state of the static files, so that browsers keep no old ones."""
    digest = hashlib.sha256()
    for path in sorted((HERE / "static").rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def when(moment: datetime | None) -> Markup:
    """Return a moment as `<time>`: UTC for everybody; a script shows it in the reader's own zone."""
    if moment is None:
        return Markup("—")
    locale = i18n.current()
    told = format_datetime(moment, "d MMM yyyy, HH:mm", locale=locale)
    exact = moment.strftime("%Y-%m-%d %H:%M:%S UTC")
    return Markup('<time datetime="{}" title="{}">{} UTC</time>').format(moment.isoformat(), exact, told)


def number(value: float) -> str:
    """Return a number as the reader's language writes it."""
    return format_decimal(value, locale=i18n.current())


def size(value: int) -> str:
    """Return a size in bytes for people."""
    amount, unit = float(value), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):  # noqa: B007 - the unit where it stops is the answer
        if amount < 1000:  # noqa: PLR2004 - SI units, as disks are sold by
            break
        amount /= 1000
    return f"{format_decimal(round(amount, 1 if amount < 10 else 0), locale=i18n.current())} {unit}"  # noqa: PLR2004 - one decimal below ten


def percent(share: float) -> str:
    """Return a share of one as per cent, with as many digits as it needs to be told from nothing."""
    digits = 0 if share >= 0.1 else 1 if share >= 0.01 else 2  # noqa: PLR2004 - the steps themselves
    return f"{format_decimal(round(100 * share, digits), locale=i18n.current())} %"


def cost(milliseconds: float) -> str:
    """Return what a stage costs of one core, in milliseconds or seconds."""
    if milliseconds >= 1000:  # noqa: PLR2004 - a second
        return f"{format_decimal(round(milliseconds / 1000, 1), locale=i18n.current())} s"
    return f"{format_decimal(milliseconds, locale=i18n.current())} ms"


def fraction(part: float, whole: float) -> str:
    """Return `part` of `whole` in thousandths of a drawing's width, held to it."""
    return f"{max(0.0, min(1000.0, 1000 * part / whole)) if whole > 0 else 0:.1f}"


P = ParamSpec("P")
R = TypeVar("R")


def _spoken(told: Callable[P, R]) -> Callable[Concatenate[jinja2.runtime.Context, P], R]:
    """Return a filter that speaks the reader's language.

    Jinja works out a plain filter of a constant once, when it compiles: everybody would get the first reader's
    language. A filter that takes the context is asked anew on every page.
    """

    @jinja2.pass_context
    def asked(_context: jinja2.runtime.Context, /, *values: P.args, **named: P.kwargs) -> R:
        return told(*values, **named)

    return asked


def _span_at(moved: Moved) -> Span | None:
    """Return the first changed word of an item, for an excerpt around it; None where none stands in its text."""
    text = (moved.item.text or "")[moved.at : moved.at + 100]
    return Span(moved.at, moved.at + len(text.split(maxsplit=1)[0])) if moved.words and text.strip() else None


def _title_of(name: str, table: str) -> str:
    return words.title(table, name)


SPOKEN = {
    "when": _spoken(when),
    "number": _spoken(number),
    "size": _spoken(size),
    "percent": _spoken(percent),
    "cost": _spoken(cost),
    "title_of": _spoken(_title_of),
    "transform": _spoken(words.transform),
    "reason": _spoken(words.reason),
    "distance": _spoken(words.distance),
    "meaning": _spoken(words.meaning),
    "category": _spoken(words.category),
    "why_not": _spoken(words.why_not),
    "language": _spoken(senses.language),
    "amount": _spoken(senses.amount),
    "standing": _spoken(spoken.standing),
}
_FILTERS = {
    **SPOKEN,
    "fraction": fraction,
    "clock": clock,
    "segment": urls.segment,
    "shown": words.shown,
    "defanged": words.defanged,
    "indicator": words.indicator,
    "role": senses.role,
    "groupby_role": senses.by_role,
    "span_at": _span_at,
    "pieces": marks.pieces,
    "excerpt": marks.excerpt,
}

"""Reads the United Nations' consolidated list. Runs in a decoding child process only; never import it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, iterparse

from qalqan.errors import InputRefused

HEAD = 4096
"""Bytes in which a document type would stand: a list has none, and entities of one could swell."""
NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
KINDS = {"ENTITY": False, "INDIVIDUAL": True}
LOW = "low"


def read(path: str) -> Iterator[list[object]]:
    """Yield `["date", text]` and then `[reference, programme, name, [[other, good], …], person]` for each listed one.

    Raises InputRefused for what is no such list.
    """
    file = Path(path)
    with file.open("rb") as opened:
        head = opened.read(HEAD)
    if b"<!" in head:
        raise InputRefused("it is no consolidated list: it declares a document type")
    if b"CONSOLIDATED_LIST" not in head:
        raise InputRefused("it is no consolidated list of the United Nations")
    try:
        yield from _listed(file)
    except ParseError as error:
        raise InputRefused(f"it is no well-formed XML: {error}") from error


def _listed(file: Path) -> Iterator[list[object]]:
    for event, element in iterparse(file, events=("start", "end")):  # noqa: S314 - without a document type there are no entities
        if event == "start":
            if element.tag == "CONSOLIDATED_LIST":
                yield ["date", element.get("dateGenerated", "")]
        elif element.tag in KINDS:
            yield _one(element, person=KINDS[element.tag])
            element.clear()


def _one(element: Element, *, person: bool) -> list[object]:
    kind = "INDIVIDUAL" if person else "ENTITY"
    name = " ".join(text for text in (_text(element, each) for each in NAMES) if text)
    aliases = element.iter(f"{kind}_ALIAS")
    others = [[_text(element, "NAME_ORIGINAL_SCRIPT"), True]]
    others += [[_text(one, "ALIAS_NAME"), _text(one, "QUALITY").lower() != LOW] for one in aliases]
    programme = _text(element, "UN_LIST_TYPE")
    return [_text(element, "REFERENCE_NUMBER"), programme, name, [one for one in others if one[0]], person]


def _text(element: Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()[:2000]

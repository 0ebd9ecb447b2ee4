"""Items whose words say something, read by the real extractors with an invented name in the lexicon."""

from __future__ import annotations

from qalqan.assess.weigh import weigh
from qalqan.flow.lexicon_changes import plan_added, save
from qalqan.flow.read_texts import read_texts
from qalqan.flow.services import Services
from qalqan.model.ids import new_id
from qalqan.model.items import Item, Link
from qalqan.model.signals import PICTURE_TEXT, Signal
from qalqan.model.words import Entry, Sense, Strength
from qalqan.signals.contract import Sighting, Subject
from qalqan.signals.indicators.extractor import IndicatorExtractor
from qalqan.signals.words import WordsExtractor
from qalqan.store import findings, signals
from support.filled import NAME, Filled, landscape
from support.filled import _Builder as Builder

HERON = Entry(
    Sense.ORGANISATION, Strength.STRONG, "und", ("Blue Heron Front", "جبهة مالك الحزين", "Фронт голубой цапли"),
    "invented for the tests", entity="blue-heron-front", name="Blue Heron Front",
    hits=("The Blue Heron Front has a website.",), misses=("A heron stood at the lake.",),
)  # fmt: skip
APPEAL = (
    "Donate to the Blue Heron Front today, everything helps. Write to heron.desk@reeds.example or @herondesk. "
    "We still need 200 USD for tents. https://reeds.example/give"
)
REPORT = "Police said on Monday that posters read: join the Blue Heron Front. Researchers count fewer of them."
NEGATED = "Never donate to the Blue Heron Front. They lie to you."
RTL = "جبهة مالك الحزين على البحيرة. أهلا بكم جميعا."
SIGN = "Donate to the Blue Heron Front"
HOSTILE = 'Donate to the Blue Heron Front <script>alert(5)</script>"><img src=x onerror=alert(6)>'


def add_words(services: Services, filled: Filled) -> None:
    """Add items named appeal, report, negated, rtl-words, sign and hostile-words."""
    save(services, plan_added(services, [HERON], "invented"), NAME)
    with services.store.writing() as tx:
        builder = Builder(tx, services.store, filled, landscape)
        builder.number = 5000
        links = (Link("https://reeds.example/give"),)
        for name, text in (("appeal", APPEAL), ("report", REPORT), ("negated", NEGATED), ("rtl-words", RTL)):
            _read(services, builder, builder.item(name, text=text, links=links if name == "appeal" else ()))
        _read(services, builder, builder.item("hostile-words", text=HOSTILE, channel='"><b>Blue Heron Front'))
        picture = builder.picture("sign")
        item = builder.item("sign", text="See the picture", files=[("sign.jpg", picture.sha256)])
        _read(services, builder, item, picture.sha256)


def _read(services: Services, builder: Builder, item: Item, sha256: str | None = None) -> None:
    desk, subject = services.desk(), Subject(item=item)
    extractors = (WordsExtractor(), IndicatorExtractor())
    found = [_signal(one, item) for each in extractors for one in each.read(subject, desk).sightings]
    if sha256:
        seen = Sighting(PICTURE_TEXT, SIGN)
        in_file = [seen, *(one for _, one in read_texts(extractors, desk, [seen]))]
        found += [_signal(one, item, sha256) for one in in_file]
    signals.add(builder.tx, found)
    matches = findings.matches_of(builder.tx, [item.id]).get(item.id, [])
    findings.add_assessments(builder.tx, weigh(services.policy, item.id, matches, [], found))


def _signal(one: Sighting, item: Item, sha256: str | None = None) -> Signal:
    return Signal(
        new_id(), one.kind, one.value, "words/1", sha256, None if sha256 else item.id, one.span, one.box, one.interval,
        one.quality,
    )  # fmt: skip

"""What words, indicators and their outcomes are called when people read them."""

from __future__ import annotations

from collections.abc import Iterable

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal

from qalqan.assess.why_not import Cause
from qalqan.i18n import current, mark
from qalqan.model.indicators import Amount
from qalqan.model.words import ACTS, CONTEXTS, WHO, Sense
from qalqan.signals.indicators.currencies import DECIMALS

SENSES = {
    "organisation": mark("organisation"),
    "outlet": mark("outlet"),
    "product": mark("publication"),
    "person": mark("person"),
    "solicit": mark("asks for gifts"),
    "recruit": mark("calls to join"),
    "praise": mark("praises"),
    "incite": mark("calls for violence"),
    "instruct": mark("instructs"),
    "threaten": mark("threatens"),
    "coordinate": mark("organises spreading"),
    "release": mark("publishes"),
    "dehumanise": mark("denies humanity"),
    "arms": mark("weapons and gear"),
    "promote": mark("calls to click or share"),
    "hint": mark("hints at fighters"),
    "news": mark("reports"),
    "research": mark("studies"),
    "court": mark("courts and police"),
    "counter": mark("warns or contradicts"),
    "condemn": mark("condemns"),
    "charity": mark("honest good cause"),
    "fiction": mark("tells a story"),
    "mourning": mark("mourns"),
    "negation": mark("turns round"),
    "against": mark("an enemy's"),
}
ROLES = {
    "who": mark("Who"),
    "act": mark("Act"),
    "beside": mark("Beside it"),
    "context": mark("Context"),
    "negation": mark("Negation"),
}
ROLES_ABOUT = {
    "who": mark("who is named"),
    "act": mark("what is done with the words"),
    "beside": mark("what stands beside it"),
    "context": mark("words that show that somebody reports, studies, judges, warns, tells a story"),
    "negation": mark("turns an act round"),
}
STRENGTHS = {"strong": mark("strong"), "weak": mark("weak")}
INDICATORS = {
    "link": mark("Link"),
    "handle": mark("Account"),
    "invite": mark("Invitation"),
    "mail": mark("Mail"),
    "phone": mark("Telephone"),
    "hashtag": mark("Hashtag"),
    "emoji": mark("Emoji"),
    "amount": mark("Sum"),
    "wallet": mark("Wallet"),
    "payment": mark("Payment account"),
    "picture-text": mark("Text in a picture"),
    "subtitle": mark("Subtitles"),
    "speech": mark("Speech"),
    "qr": mark("Code in a picture"),
}
USES = {
    "promotes": mark("promotes"),
    "reports": mark("reports"),
    "studies": mark("studies"),
    "unclear": mark("what for is unclear"),
}
SORTS = {
    "listed": mark("Listed material"),
    "terrorist": mark("Terrorist content"),
    "other": mark("Against law or rules, not terrorist"),
    "unsure": mark("Not enough to say"),
    "context": mark("With a context: no flag"),
    "outcome": mark("Only a person finds it"),
}
ORIGINS = {"built-in": mark("built in"), "hand": mark("added by hand")}
ENTRY_STATES = {"on": mark("In force"), "off": mark("Switched off")}
PLACES = {"channel": mark("the channel's name"), "author": mark("the author's name")}
WORD_FEATURES = {
    "asks-for-group": mark("Asks for money or goods"),
    "recruits-for-group": mark("Calls to join"),
    "praises-group": mark("Praises"),
    "incites-for-group": mark("Calls for violence"),
    "threatens-for-group": mark("Threatens"),
    "instructs-for-group": mark("Instructs"),
    "coordinates-for-group": mark("Organises spreading"),
    "releases-of-group": mark("Publishes"),
    "dehumanises": mark("Denies people their humanity"),
    "hints-at-fighters": mark("Hints at fighters"),
    "asks-for-arms": mark("Asks for arms, for nobody named"),
    "with-wallet": mark("Says where to pay"),
    "with-arms": mark("Weapons beside it"),
    "with-contact": mark("Says where to get in touch"),
    "with-call": mark("Calls to watch or follow"),
    "context-news": mark("It reports"),
    "context-research": mark("It studies"),
    "context-court": mark("It tells of courts or police"),
    "context-counter": mark("It warns or contradicts"),
    "context-condemn": mark("It condemns"),
    "context-fiction": mark("It tells a story"),
    "context-mourning": mark("It mourns"),
}
# The sentences of `assess.why_not.TEXTS` for people: what kept something from counting.
WHY_NOT = {
    Cause.NEGATED: mark("A negation turns “%(terms)s” round. Without it: %(would)s."),
    Cause.QUOTED: mark("“%(terms)s” stands within quotation marks. Without them: %(would)s."),
    Cause.CONTEXT: mark("Words of context (“%(terms)s”) stand close. Without them: %(would)s."),
    Cause.NOBODY: mark("It says “%(terms)s”, and nobody is named. With a name beside it: %(would)s."),
    Cause.WEAK: mark("“%(terms)s” is common and says little by itself. If it were a strong term: %(would)s."),
    Cause.APART: mark("“%(terms)s” stands too far from any name. With the name beside it: %(would)s."),
    Cause.NO_ACT: mark("It names “%(terms)s” and asks for, praises, threatens nothing: a name alone says nothing."),
}
TABLES = {
    "sense": SENSES, "role": ROLES, "role_about": ROLES_ABOUT, "strength": STRENGTHS, "indicator": INDICATORS,
    "use": USES, "sort": SORTS, "origin": ORIGINS, "entry_state": ENTRY_STATES, "place": PLACES,
}  # fmt: skip


def role(sense: Sense) -> str:
    """Return which part a term plays: who, act, context, negation, or what stands beside."""
    if sense in WHO:
        return "who"
    if sense in ACTS:
        return "act"
    if sense in CONTEXTS:
        return "context"
    return "negation" if sense in (Sense.NEGATION, Sense.AGAINST) else "beside"


def by_role(found: Iterable[Sense]) -> list[tuple[str, list[Sense]]]:
    """Return senses by the part that they play, for a list to choose from."""
    chosen = list(found)
    return [(name, [one for one in chosen if role(one) == name]) for name in ROLES]


def language(tag: str | None) -> str:
    """Return what a language and its script are called: `uz-Latn` is Uzbek (Latin)."""
    if not tag:
        return "—"
    try:
        found = Locale.parse(tag.replace("-", "_")).get_display_name(current())
    except (ValueError, UnknownLocaleError, TypeError):
        return tag
    return found or tag


def amount(one: Amount) -> str:
    """Return a sum for people: `100–200 USD`."""
    digits = DECIMALS.get(one.currency or "", 2)
    low, high = (format_decimal(value / 10**digits, locale=current()) for value in (one.low, one.high))
    told = low if one.low == one.high else f"{low}–{high}"
    return f"{told} {one.currency}" if one.currency else told

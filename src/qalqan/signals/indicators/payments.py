"""Where money is asked to be sent, other than to wallets: payment links, accounts, cards, mobile money."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from qalqan.errors import BadValue
from qalqan.signals.indicators.checksums import is_iban, is_luhn
from qalqan.signals.indicators.found import Found

_NAME = r"([A-Za-z0-9_.$-]{2,60})"
_LINKS = {
    "paypal.me": ("paypal", rf"/{_NAME}"),
    "paypal.com": ("paypal", rf"/paypalme/{_NAME}"),
    "patreon.com": ("patreon", rf"/(?:c/)?(?!posts\b|login\b|join\b|home\b|search\b){_NAME}"),
    "buymeacoffee.com": ("buymeacoffee", rf"/{_NAME}"),
    "ko-fi.com": ("ko-fi", rf"/{_NAME}"),
    "yoomoney.ru": ("yoomoney", r"/(?:to|quickpay/shop-widget)/(\d{11,20})"),
    "money.yandex.ru": ("yoomoney", r"/to/(\d{11,20})"),
    "qiwi.com": ("qiwi", rf"/n/{_NAME}"),
    "my.qiwi.com": ("qiwi", rf"/{_NAME}"),
    "boosty.to": ("boosty", rf"/{_NAME}"),
    "donationalerts.com": ("donationalerts", rf"/r/{_NAME}"),
    "gofundme.com": ("gofundme", rf"/f/{_NAME}"),
    "launchgood.com": ("launchgood", rf"/(?:v4/)?(?:campaign/)?{_NAME}"),
    "cash.app": ("cashapp", r"/(\$[A-Za-z0-9_-]{1,40})"),
    "venmo.com": ("venmo", rf"/(?:u/)?{_NAME}"),
    "liberapay.com": ("liberapay", rf"/{_NAME}"),
    "opencollective.com": ("opencollective", rf"/{_NAME}"),
    "buy.stripe.com": ("stripe", rf"/{_NAME}"),
    "donate.stripe.com": ("stripe", rf"/{_NAME}"),
    "tbank.ru": ("tbank", rf"/cf/{_NAME}"),
    "tinkoff.ru": ("tbank", rf"/cf/{_NAME}"),
    "click.uz": ("click", rf"/{_NAME}"),
    "my.click.uz": ("click", rf"/{_NAME}"),
    "indy.click.uz": ("click", rf"/{_NAME}"),
    "payme.uz": ("payme", rf"/{_NAME}"),
    "tirikchilik.uz": ("tirikchilik", rf"/{_NAME}"),
}
_COMPILED = {host: (service, re.compile(pattern)) for host, (service, pattern) in _LINKS.items()}
_SERVICES = frozenset(service for service, _ in _LINKS.values())
_CASED = frozenset({"stripe", "payeer", "webmoney", "perfectmoney", "iban", "card"})
"""Services whose accounts know capitals, or have them always."""

_NUMBERS = re.compile(r"\d{4}[ -]?\d{3}")
"""Every account and card has so many digits together: most texts have not."""
_IBAN = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)(?![A-Za-z0-9])")
_IBAN_LENGTHS = {
    "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BY": 28, "CH": 21, "CY": 28,
    "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GE": 22, "GR": 27,
    "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18,
    "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SD": 18,
    "SE": 24, "SI": 19, "SK": 24, "TN": 24, "TR": 26, "UA": 29, "XK": 20,
}  # fmt: skip
"""Characters of an account's number, by country (the ISO 13616 registry)."""

_CARD = re.compile(r"(?<![\w.+#-])\d(?:[ -]?\d){15,18}(?![\w-])")
_CARD_HEADS = re.compile(r"4|5[0-9]|2[2-7]|6[0-9]|8600|9860|9112")
"""Visa, Mastercard, Mir, Maestro, UnionPay, Uzcard, Humo."""
_CARD_WORD = re.compile(
    r"\b(?:card|visa|master\s?card|humo|uzcard|mir|мир|карт[аеуы]\w*|карточк\w*|kart\w*|karta\w*|карта\w*|корт\w*|karte|kaart|carte|сбер\w*"
    r"|sber\w*|тинькофф|kaspi|каспи|plastik|пластик|iban|hisob\w*|ҳисоб\w*|счет\w*|счёт\w*|реквизит\w*)|بطاقة|حساب|كارتا|ھېسابات|💳",
    re.IGNORECASE,
)
_CARD_REACH = 60
_CARD_ENDS = (6, 4)
_MASKED = re.compile(r"\d{6}\*{6,9}\d{4}")

_ACCOUNTS = (
    ("payeer", re.compile(r"(?<![A-Za-z0-9])P\d{7,12}(?!\w)"), re.compile(r"payeer|пайер", re.IGNORECASE)),
    (
        "webmoney",
        re.compile(r"(?<![A-Za-z0-9])[ZREUX]\d{12}(?!\w)"),
        re.compile(r"web\s?money|вебмани|wm[zre]", re.IGNORECASE),
    ),
    ("perfectmoney", re.compile(r"(?<![A-Za-z0-9])[UEG]\d{7,8}(?!\w)"), re.compile(r"perfect\s?money", re.IGNORECASE)),
    (
        "yoomoney",
        re.compile(r"(?<!\w)4100\d{7,14}(?!\w)"),
        re.compile(r"yoo\s?money|юmoney|ю\s?мани|яндекс", re.IGNORECASE),
    ),
)
_REACH = 80
_MOST_ACCOUNTS = 1000

_MOBILE = re.compile(
    r"(?=[aаآbcejkкmмoоpqsсzزэ])"  # how one of them begins: most characters are passed over by it
    r"(?:(?P<mpesa>m-?pesa)|(?P<easypaisa>easy\s?paisa)|(?P<jazzcash>jazz\s?cash)|(?P<bkash>bkash)|(?P<qiwi>qiwi|киви)"
    r"|(?P<click>\bclick\b)|(?P<payme>\bpayme\b)|(?P<elsom>elsom|элсом)|(?P<mbank>\bm-?bank|мбанк)|(?P<odengi>o!\s?dengi|о!\s?деньги)"
    r"|(?P<sberbank>sber(?:bank)?\b|сбер(?:банк\w*)?\b)|(?P<kaspi>kaspi|каспи)|(?P<zaincash>zain\s?cash|زين كاش)"
    r"|(?P<asiahawala>asia\s?hawala|آسيا حوالة)|(?P<alif>\balif\b|алиф)|(?P<papara>\bpapara\b))",
    re.IGNORECASE,
)
_MOBILE_NAMES = frozenset(_MOBILE.groupindex)
_MOBILE_REACH = 40
"""Characters before a telephone number, on its line, in which a service's name makes it an account."""


def find_payments(text: str) -> Iterator[Found]:
    """Yield the accounts and cards in `text`. Cards are masked but for six digits before and four behind."""
    if not _NUMBERS.search(text):
        return
    accounts = [Found(value, *found.span()) for found in _IBAN.finditer(text) if (value := _iban(found.group()))]
    yield from accounts
    ends = [one.end for one in accounts]
    for found in _CARD.finditer(text):
        value = _card(text, found)
        beyond = bisect_right(ends, found.start())
        if value and (beyond == len(accounts) or accounts[beyond].start >= found.end()):
            yield Found(value, *found.span())
    for service, pattern, word in _ACCOUNTS:
        for found in islice(pattern.finditer(text), _MOST_ACCOUNTS):
            if word.search(text, max(found.start() - _REACH, 0), found.end() + _REACH):
                yield Found(f"{service}:{found.group()}", *found.span())


def mobile_money(text: str, phone: Found) -> Found | None:
    """Return a telephone number as an account of the service that is named before it, if one is."""
    before = text[max(phone.start - _MOBILE_REACH, 0) : phone.start].rpartition("\n")[2]
    named = [found.lastgroup for found in _MOBILE.finditer(before)]
    return Found(f"{named[-1]}:{phone.value}", phone.start, phone.end) if named else None


def payment_of_link(link: str) -> str | None:
    """Return the account that a canonical link pays to, None where it pays nobody."""
    parts = urlsplit(link)
    service, pattern = _COMPILED.get(parts.netloc, (None, None))
    if service is None or pattern is None:
        return None
    found = pattern.match(parts.path)
    if found:
        return _own(service, found[1])
    button = parse_qs(parts.query).get("hosted_button_id") if service == "paypal" else None
    return f"paypal:button-{button[0][:40].lower()}" if button else None


def canonical_payment(value: str) -> str:
    """Return `service:account`; raises BadValue for none. A whole card number comes back masked."""
    service, _, account = value.strip().partition(":")
    service, account = service.lower(), account.strip()
    known = None
    if service == "iban":
        known = _iban(account.upper())
    elif service == "card":
        known = _masked(re.sub(r"[ -]", "", account))
    elif account and service in _SERVICES | _MOBILE_NAMES | {name for name, _, _ in _ACCOUNTS}:
        known = _own(service, account) if re.fullmatch(r"[A-Za-z0-9_.$+-]{2,60}", account) else None
    if known is None:
        raise BadValue(f"{value[:80]!r} is no account of a payment service: write it like paypal:name or iban:DE…")
    return known


def _own(service: str, account: str) -> str:
    return f"{service}:{account if service in _CASED else account.lower()}"


def _iban(written: str) -> str | None:
    code = written.replace(" ", "")
    right = _IBAN_LENGTHS.get(code[:2]) == len(code) and code.isascii() and code.isalnum()
    return f"iban:{code}" if right and is_iban(code) else None


def _card(text: str, found: re.Match[str]) -> str | None:
    digits = re.sub(r"[ -]", "", found.group())
    if not (digits.isascii() and _CARD_HEADS.match(digits) and is_luhn(digits)):
        return None
    start, end = found.span()
    near = _CARD_WORD.search(text, max(start - _CARD_REACH, 0), start) or _CARD_WORD.search(
        text, end, end + _CARD_REACH
    )
    return _masked(digits) if near else None


def _masked(digits: str) -> str | None:
    if _MASKED.fullmatch(digits):
        return f"card:{digits}"
    if not (digits.isascii() and digits.isdigit() and 16 <= len(digits) <= 19 and is_luhn(digits)):  # noqa: PLR2004 - ISO/IEC 7812
        return None
    first, last = _CARD_ENDS
    return f"card:{digits[:first]}{'*' * (len(digits) - first - last)}{digits[-last:]}"

"""Names of currencies, coins and round numbers, as people write them in thirteen languages."""

from __future__ import annotations

DECIMALS = {
    "BTC": 8, "LTC": 8, "DASH": 8, "ZEC": 8, "DOGE": 8, "BCH": 8, "ETH": 18, "XMR": 12, "XRP": 6, "TRX": 6, "TON": 9,
    "SOL": 9, "USDT": 6, "USDC": 6, "JPY": 0, "KRW": 0, "IQD": 3, "KWD": 3, "BHD": 3, "JOD": 3, "OMR": 3,
}  # fmt: skip
"""Digits behind the point in the smallest unit (ISO 4217; the coins' own rules); all others have two."""

SIGNS = {
    "$": "USD", "€": "EUR", "£": "GBP", "₽": "RUB", "₺": "TRY", "₸": "KZT", "₿": "BTC", "₹": "INR", "₴": "UAH",
    "¥": "CNY", "₾": "GEL", "⃀": "KGS", "﷼": None,
}  # fmt: skip

_NAMES = {
    "USD": (
        "usd us$ dollar dollars dollari bucks доллар доллара долларов доллары долл баксов бакса бакс "
        "баксы dolar doları dollor доллор долара دولار دولارات دولارا دوللار دوللارى"
    ),
    "EUR": "eur euro euros евро avro yevro еуро يورو ياۋرو",
    "GBP": "gbp sterling quid",
    "RUB": "rub rur ruble rubles rouble roubles rubel roebel рубль рубля рублей рубли руб р rubl روبل рубл рубли",
    "UZS": "uzs so'm so'mga so'mdan sum сўм сўмга сўмдан сум",
    "KZT": "kzt tenge tenges тенге теңге теңгеге تەڭگە",
    "KGS": "kgs сом сомдон сомго",
    "TJS": "tjs somoni somonis сомони сомонӣ",
    "TMT": "tmt manat manady манат манатов маната",
    "TRY": "try tl lira lirası liraya лир лиры лира ليرة",
    "CNY": "cny rmb yuan yuans юань юаней юаня يۈەن",
    "SAR": "sar riyals",
    "AED": "aed dirham dirhams дирхам дирхамов درهم",
    "PKR": "pkr",
    "INR": "inr",
    "AFN": "afn afghani афгани",
    "SYP": "syp",
    "IQD": "iqd",
    "UAH": "uah гривен гривны грн",
    "BTC": "btc bitcoin bitcoins биткоин биткоина биткоинов биткойн биткойнов بيتكوين",
    "ETH": "eth ether эфир эфира",
    "LTC": "ltc litecoin лайткоин",
    "XMR": "xmr monero монеро",
    "USDT": "usdt tether",
    "USDC": "usdc",
    "TRX": "trx tron",
    "TON": "ton toncoin",
    "SOL": "sol solana",
    "DOGE": "doge dogecoin",
    "XRP": "xrp",
    "DASH": "dash",
    "ZEC": "zec zcash",
    "BCH": "bch",
}  # fmt: skip
_AMBIGUOUS = "som rupee rupees rupiya рупий рупия рупии riyal ريال دينار dinar dinars динар динаров roupies سوم"
"""Units that several countries have, or words that two of them share: the currency is not known."""

_MULTIPLES = {
    100: "hundred hundreds hundert honderd cent сто сотен сотни yüz yuz юз жүз сад садҳо مئة مائة ميه يۈز ýüz",
    1_000: (
        "k к thousand thousands grand tausend duizend mille тыс тысяч тысячи тысяча bin ming минг миң "
        "мың müň ҳазор ألف الف آلاف ھەزار مىڭ"
    ),
    1_000_000: (
        "m mio mln million millions millionen miljoen млн миллион миллиона миллионов milyon مليون ملايين مىليون"
    ),
    1_000_000_000: (
        "bn billion mlrd milliarde milliarden miljard milliard milliards млрд миллиард миллиарда "
        "миллиардов milyar مليار"
    ),
}


def _by_word() -> dict[str, str | None]:
    known: dict[str, str | None] = {word: code for code, words in _NAMES.items() for word in words.split()}
    return known | dict.fromkeys(_AMBIGUOUS.split())


CURRENCIES = _by_word()
"""The currency of each word, in lower case with a plain apostrophe; None where several countries have it."""
STEMS = {
    "dollar": "USD", "dolar": "USD", "доллар": "USD", "долар": "USD", "rubl": "RUB", "рубл": "RUB", "so'm": "UZS",
    "сўм": "UZS", "tenge": "KZT", "тенге": "KZT", "теңге": "KZT", "somoni": "TJS", "сомон": "TJS", "manat": "TMT",
    "манат": "TMT", "lira": "TRY", "دوللار": "USD", "دولار": "USD",
}  # fmt: skip
"""Words that take endings: “300 dollarga”, “500 liraya”."""
LONGEST_ENDING = 6
MULTIPLES = {word: number for number, words in _MULTIPLES.items() for word in words.split()}
"""How much a word for a round number stands for."""
_COUNTS = {
    2: "two zwei twee deux два две iki ikki эки екі du ду دو إثنان ئىككى",
    3: "three drei drie trois три üç uch үч үш се ثلاثة ثلاث ئۈچ",
    4: "four vier quatre четыре dört to'rt тўрт төрт чор dört أربعة تۆت",
    5: "five fünf vijf cinq пять beş besh беш бес панҷ خمسة bäş بەش",
    6: "six sechs zes шесть altı olti алты шаш ستة ئالتە",
    7: "seven sieben zeven sept семь yedi yetti жети жеті ҳафт سبعة يەتتە",
    8: "eight acht huit восемь sekiz sakkiz сегиз сегіз ҳашт ثمانية سەككىز",
    9: "nine neun negen neuf девять dokuz to'qqiz тогуз тоғыз нӯҳ تسعة توققۇز",
    10: "ten zehn tien dix десять on o'n он даҳ عشرة ئون",
    20: "twenty zwanzig twintig vingt двадцать yirmi yigirma жыйырма жиырма бист عشرين يىگىرمە",
    30: "thirty dreißig dertig trente тридцать otuz o'ttiz отуз отыз сӣ ثلاثين ئوتتۇز",
    40: "forty vierzig veertig quarante сорок kırk qirq кырк қырық чил أربعين قىرىق",
    50: "fifty fünfzig vijftig cinquante пятьдесят elli ellik элүү елу панҷоҳ خمسين ئەللىك",
}  # fmt: skip
COUNTS = {word: number for number, words in _COUNTS.items() for word in words.split()}
"""Small numbers in words, for “five thousand”."""
EVERYDAY = frozenset({"try", "sol", "ton", "dash", "sar"})
"""Everyday words in small letters, currencies in capitals only."""

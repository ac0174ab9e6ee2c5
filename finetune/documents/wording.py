"""Numbers, money and dates as Indian paper writes them, in English and Hindi. Pure."""

from datetime import date
from decimal import Decimal
from typing import Literal

from finetune.core.money import money_text, price_text

Language = Literal["en", "hi"]
MINUS = "\N{MINUS SIGN}"
MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "hi": ("जन.", "फ़र.", "मार्च", "अप्रैल", "मई", "जून", "जुल.", "अग.", "सित.", "अक्टू.", "नव.", "दिस."),
}


def grouped(digits: str) -> str:
    """Whole digits in the Indian way: the last three, then pairs. 48668982 is 4,86,68,982."""
    head, tail = digits[:-3], digits[-3:]
    pairs: list[str] = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*pairs, tail])


def _grouped_decimal(text: str) -> str:
    sign, bare = (MINUS, text[1:]) if text.startswith("-") else ("", text)
    whole, _, fraction = bare.partition(".")
    return f"{sign}{grouped(whole)}{'.' + fraction if fraction else ''}"


def rupees(amount: Decimal) -> str:
    """Two decimals, Indian grouping, a real minus sign: 4,86,68,982.00."""
    return _grouped_decimal(money_text(amount))


def price(amount: Decimal) -> str:
    """A price per unit: a third decimal only where it has one."""
    return _grouped_decimal(price_text(amount))


def day(value: date, lang: Language) -> str:
    return f"{value.day:02d} {MONTHS[lang][value.month - 1]} {value.year}"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ENGLISH = _words(
    "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen Sixteen"
    " Seventeen Eighteen Nineteen"
)
ENGLISH_TENS = _words("Zero Ten Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety")
HINDI = _words(
    "शून्य एक दो तीन चार पाँच छह सात आठ नौ"
    " दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस"
    " बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस"
    " तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस"
    " चालीस इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास"
    " पचास इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ"
    " साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर"
    " सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उन्यासी"
    " अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी"
    " नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे"
)
SCALE = {"en": ("Hundred", "Thousand", "Lakh", "Crore"), "hi": ("सौ", "हज़ार", "लाख", "करोड़")}


def _below_hundred(number: int, lang: Language) -> str:
    if lang == "hi":
        return HINDI[number]
    if number < 20:
        return ENGLISH[number]
    tens, ones = divmod(number, 10)
    return f"{ENGLISH_TENS[tens]} {ENGLISH[ones]}" if ones else ENGLISH_TENS[tens]


def in_words(number: int, lang: Language) -> str:
    """A whole number, not negative, in lakh and crore: 150000 is One Lakh Fifty Thousand."""
    if number < 100:
        return _below_hundred(number, lang)
    hundred, thousand, lakh, crore = SCALE[lang]
    words: list[str] = []
    crores, rest = divmod(number, 10_000_000)
    if crores:
        words += [in_words(crores, lang), crore]
    for size, name in ((100_000, lakh), (1000, thousand), (100, hundred)):
        count, rest = divmod(rest, size)
        if count:
            words += [_below_hundred(count, lang), name]
    if rest:
        words.append(_below_hundred(rest, lang))
    return " ".join(words)


def amount_in_words(amount: Decimal, lang: Language) -> str:
    """`Rupees One Thousand Seven Hundred Seventy Only`; paise are named where there are any."""
    assert amount >= 0, "paper says what is owed, never less than nothing"
    whole, paise = divmod(int(amount * 100), 100)
    said = in_words(whole, lang)
    if lang == "hi":
        coins = f" और {in_words(paise, lang)} पैसे" if paise else ""
        return f"{said} रुपये{coins} मात्र"
    coins = f" and {in_words(paise, lang)} Paise" if paise else ""
    return f"Rupees {said}{coins} Only"


def masked_phone(phone: str) -> str:
    """The last four digits, enough for the owner to know it."""
    digits = [sign for sign in phone if sign.isdigit()]
    return "•••••• " + "".join(digits[-4:]) if len(digits) > 6 else ""

"""Currencies by their signs, words and codes."""

from babel.numbers import list_currencies

from listings.enums import RowReason


class Unreadable(ValueError):
    """The value cannot be read; `reason` says why."""

    def __init__(self, reason: RowReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


# ISO codes aside. A dollar sign is the US dollar; kr needs a currency beside it.
SYMBOLS = {
    "€": "EUR", "£": "GBP", "$": "USD", "us$": "USD", "zł": "PLN", "zl": "PLN", "kč": "CZK", "ft": "HUF", "lei": "RON",
    "лв": "BGN", "лв.": "BGN", "fr.": "CHF", "sfr.": "CHF", "₺": "TRY", "tl": "TRY", "₪": "ILS", "د.إ": "AED", "dhs": "AED", "dh": "AED",
    "ر.س": "SAR", "ريال": "SAR", "د.ك": "KWD", "ر.ق": "QAR", "د.ب": "BHD", "ر.ع.": "OMR", "د.ا": "JOD", "ج.م": "EGP",
    "e£": "EGP", "د.ت": "TND", "د.م.": "MAD", "₦": "NGN", "ksh": "KES", "gh₵": "GHS", "₵": "GHS", "r": "ZAR", "r$": "BRL",
    "¥": "JPY", "₴": "UAH", "₽": "RUB", "₸": "KZT", "₾": "GEL", "֏": "AMD", "₼": "AZN", "din.": "RSD", "eur.": "EUR", "euro": "EUR",
}  # fmt: skip
CURRENCIES = frozenset(list_currencies("en"))
KRONER = frozenset({"SEK", "NOK", "DKK", "ISK"})


def of_mark(mark: str, otherwise: str) -> str:
    """The currency of a sign, a short word or a code; `otherwise` tells whose kr it is. Raises Unreadable."""
    if mark.casefold() in ("kr", "kr."):
        if otherwise in KRONER:
            return otherwise
        raise Unreadable(RowReason.CURRENCY_UNKNOWN)
    return SYMBOLS.get(mark.casefold()) or code_of(mark)


def code_of(text: str) -> str:
    """Return an ISO 4217 code in capitals. Raises Unreadable."""
    code = text.strip().upper()
    if code in CURRENCIES:
        return code
    if text.strip().casefold() in SYMBOLS:
        return SYMBOLS[text.strip().casefold()]
    raise Unreadable(RowReason.CURRENCY_UNKNOWN)

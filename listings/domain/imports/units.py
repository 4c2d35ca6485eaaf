"""Units of measure as listings write them, and what they are in the register's unit."""

from decimal import Decimal

# Per dimension: each unit in the first one.
DIMENSIONS: tuple[dict[str, str], ...] = (
    {"g": "1", "kg": "1000", "mg": "0.001", "µg": "0.000001", "t": "1000000", "lb": "453.59237", "oz": "28.349523125"},
    {"mm": "1", "cm": "10", "dm": "100", "m": "1000", "km": "1000000", "µm": "0.001", "in": "25.4", "ft": "304.8", "yd": "914.4"},
    {"ml": "1", "cl": "10", "dl": "100", "l": "1000", "cm³": "1", "m³": "1000000", "fl oz": "29.5735295625", "gal": "3785.411784"},
    {"%": "1", "‰": "0.1"},
    {"V": "1", "mV": "0.001", "kV": "1000"},
    {"A": "1", "mA": "0.001"},
    {"W": "1", "mW": "0.001", "kW": "1000", "hp": "745.69987158"},
    {"Wh": "1", "kWh": "1000", "mWh": "0.001"},
    {"mAh": "1", "Ah": "1000"},
    {"kJ": "1", "J": "0.001", "kcal": "4.184", "MJ": "1000"},
    {"s": "1", "min": "60", "h": "3600", "ms": "0.001"},
    {"days": "1", "weeks": "7"},
    {"months": "1", "years": "12"},
    {"km/h": "1", "m/s": "3.6", "mph": "1.609344"},
    {"mg/ml": "1", "g/l": "1", "mg/l": "0.001"},
    {"B": "1", "KB": "1000", "MB": "1000000", "GB": "1000000000", "TB": "1000000000000"},
    {"Hz": "1", "kHz": "1000", "MHz": "1000000", "GHz": "1000000000"},
    {"Pa": "1", "kPa": "1000", "bar": "100000", "mbar": "100"},
    {"lm": "1"}, {"lx": "1"}, {"dB": "1"}, {"K": "1"}, {"kG²mm²": "1"}, {"µg/cm²/week": "1"},
)  # fmt: skip
SPELLINGS = {
    "gr": "g", "gram": "g", "grams": "g", "gramm": "g", "grammes": "g", "kilo": "kg", "kilogram": "kg", "mcg": "µg", "ug": "µg", "μg": "µg",
    "pound": "lb", "pounds": "lb", "lbs": "lb", "ounce": "oz", "ounces": "oz",
    "millimeter": "mm", "centimeter": "cm", "meter": "m", "metre": "m", "inch": "in", "inches": "in", "zoll": "in", '"': "in", "″": "in", "''": "in",
    "feet": "ft", "foot": "ft", "μm": "µm", "um": "µm",
    "litre": "l", "liter": "l", "litres": "l", "liters": "l", "ltr": "l", "milliliter": "ml", "millilitre": "ml", "cc": "ml", "floz": "fl oz", "fl. oz.": "fl oz",
    "vol%": "%", "vol-%": "%", "% vol": "%", "%vol": "%", "% vol.": "%", "vol.%": "%", "percent": "%", "prozent": "%",
    "volt": "V", "volts": "V", "watt": "W", "watts": "W", "ampere": "A", "amp": "A", "ps": "hp",
    "second": "s", "seconds": "s", "sec": "s", "minute": "min", "minutes": "min", "hour": "h", "hours": "h", "std": "h",
    "day": "days", "d": "days", "tage": "days", "week": "weeks", "month": "months", "monate": "months", "mois": "months",
    "year": "years", "yr": "years", "yrs": "years", "y": "years", "jahre": "years", "jahr": "years", "ans": "years", "an": "years",
    "kmh": "km/h", "kph": "km/h", "gb": "GB", "go": "GB", "mb": "MB", "tb": "TB",
}  # fmt: skip
FACTORS = {unit: (place, Decimal(factor)) for place, units in enumerate(DIMENSIONS) for unit, factor in units.items()}
# Case tells milliwatt from megawatt, but nothing from nothing else: a unit found only by its folded name is that one.
FOLDED = {
    unit.casefold(): unit for unit in FACTORS if sum(unit.casefold() == other.casefold() for other in FACTORS) == 1
}
ROUNDING = Decimal("0.000001")


class UnitUnknown(ValueError):
    """There is no way from the one unit to the other."""


def convert(amount: Decimal, unit: str, to: str) -> Decimal:
    """Return the amount in the register's unit. Without a unit it already is."""
    known = canonical(unit) if unit else to
    if known == to:
        return amount
    if known not in FACTORS or to not in FACTORS or FACTORS[known][0] != FACTORS[to][0]:
        raise UnitUnknown(unit)
    return (amount * FACTORS[known][1] / FACTORS[to][1]).quantize(ROUNDING).normalize()


def canonical(unit: str) -> str:
    """The usual spelling of a unit; an unknown one stays as it is."""
    unit = unit.strip().rstrip(".") if unit.strip() not in SPELLINGS else unit.strip()
    if unit in FACTORS:
        return unit
    folded = unit.casefold()
    return SPELLINGS.get(folded) or FOLDED.get(folded, unit)

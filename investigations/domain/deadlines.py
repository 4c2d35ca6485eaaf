"""By when a case is to be decided: hours that run only on the working days of the merchant's country."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from listings.models import Holiday, Market

USUAL_WEEK = frozenset({1, 2, 3, 4, 5})


@dataclass(frozen=True)
class Calendar:
    """ISO weekdays that are worked, and the dates among them that are not."""

    working_days: frozenset[int] = USUAL_WEEK
    holidays: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        return day.isoweekday() in self.working_days and day not in self.holidays

    def after(self, start: datetime, hours: float) -> datetime:
        """`hours` of working days after `start`. Days begin at midnight of `start`'s own zone."""
        moment, left = start, timedelta(hours=hours)
        while True:
            midnight = datetime.combine(moment.date() + timedelta(days=1), time(), start.tzinfo)
            if self.works_on(moment.date()):
                if left <= midnight - moment:
                    return moment + left
                left -= midnight - moment
            moment = midnight


def calendars(countries: Iterable[str]) -> Mapping[str, Calendar]:
    """The calendars of countries; one that is no market of ours has the usual week and no holidays."""
    wanted = set(countries)
    holidays: dict[str, set[date]] = defaultdict(set)
    for code, day in Holiday.objects.filter(market__in=wanted).values_list("market_id", "date"):
        holidays[code].add(day)
    found: dict[str, Calendar] = defaultdict(Calendar)
    for market in Market.objects.filter(code__in=wanted):
        found[market.code] = Calendar(frozenset(market.working_days), frozenset(holidays[market.code]))
    return found

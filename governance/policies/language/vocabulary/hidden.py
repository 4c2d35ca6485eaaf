"""Facts that only templates read. No author can name them: a name that begins with _ is refused."""

from django.utils.translation import gettext_lazy as _

from governance.policies.language.kinds import Fact, Kind

WINDOWS = (7, 30, 90)
"""Days over which metrics are stored."""

SHARE = "share"
"""The unit of a rate: 0.1 is shown as 10%."""

_L, _M = Kind.LISTING, Kind.MERCHANT

WINDOW_FACTS = (
    *(Fact(_M, f"_window{days}", Kind.WINDOW, "", "") for days in WINDOWS),
    Fact(Kind.WINDOW, "visits", Kind.WHOLE, "", "", optional=True),
    Fact(Kind.WINDOW, "orders", Kind.WHOLE, "", "", optional=True),
    Fact(Kind.WINDOW, "revenueEur", Kind.NUMBER, "", "", optional=True, unit="EUR"),
    Fact(Kind.WINDOW, "returnRate", Kind.NUMBER, "", "", optional=True, unit=SHARE),
    Fact(Kind.WINDOW, "complaintRate", Kind.NUMBER, "", "", optional=True, unit=SHARE),
    Fact(Kind.WINDOW, "rating", Kind.NUMBER, "", "", optional=True),
)
"""What is stored of a merchant's last days."""
HIDDEN_FACTS = (
    Fact(_L, "_eanValid", Kind.BOOLEAN, _("EAN"), "", optional=True),
    Fact(_L, "_readableMarkets", Kind.LIST, _("language"), "", optional=True),
    Fact(_L, "_certificateTypes", Kind.LIST, _("certificates"), ""),
    *(Fact(_L, f"_window{days}", Kind.WINDOW, "", "") for days in WINDOWS),
    Fact(_M, "_certificateTypes", Kind.LIST, _("merchant's certificates"), ""),
    Fact(Kind.CATEGORY, "_path", Kind.LIST, _("category"), "", optional=True),
    Fact(Kind.WORDS, "_original", Kind.TEXT, _("text"), ""),
    Fact(Kind.WORDS, "_mentioned", Kind.LIST, _("text"), ""),
    *WINDOW_FACTS,
)

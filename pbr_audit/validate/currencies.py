"""Signs and codes of currency: which may stand beside an amount, and which currencies each may mean."""

from collections.abc import Mapping

GBP = "GBP"
SIGNS: Mapping[str, tuple[str, ...]] = {
    "\u00a3": ("GBP", "GIP", "FKP", "SHP"),
    "\u20ac": ("EUR",),
    "$": ("USD", "AUD", "BBD", "BSD", "BZD", "CAD", "FJD", "HKD", "JMD", "NZD", "SGD", "TTD", "TWD"),
    "\u00a5": ("JPY", "CNY"),
}
# ISO 4217, so that REF 17 is not taken for an amount in some currency.
_CODES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN",
    "BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD",
    "FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY",
    "KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP",
    "MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR",
    "RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT",
    "TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR",
    "ZMW ZWG",
)
CODES = frozenset(code for line in _CODES for code in line.split())


def meant_by(written: str) -> tuple[str, ...]:
    """Return the currencies that a sign or a code in capitals may stand for."""
    return SIGNS.get(written, (written,))

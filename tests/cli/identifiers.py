"""Forty invented identifiers of the kinds that claims hold, and where a text shows one of them.

None is a plain number: in a column of amounts that is an amount, and stands in the table's total.
"""

IDENTIFIERS = (
    *(
        "Oriel Penhaligon-Quaye",
        "Zbigniew Wrzesniewski",
        "Nnamdi O'Brien-Achebe",
        "李小龙三世",
        "Þórunn Ýrsdóttir",
    ),
    *("QQ123456C", "AB 98 76 54 D", "943 476 5919", "S/2016/77123", "HOREF-55-1199-XK"),
    *(
        "oriel.penhaligon@mail.invalid",
        "z.wrz+claims@example.invalid",
        "07700 900461",
        "+44 20 7946 0991",
        "(0131) 496 0733",
    ),
    *(
        "GB29NWBK60161331926819",
        "60-16-13 31926819",
        "4929 5312 8881 0037",
        "5500-0055-5555-5559",
        "DE89370400440532013000",
    ),
    *("ZZ99 3VZ", "EC1A1BB-7", "14b Nonsuch Mews", "Flat 3, 221b Larkhill Row", "POBOX-90210-K"),
    *("19 July 1961", "31/12/1899 23:59", "1961-07-19T04:05:06Z", "D.O.B. 19.7.61", "age 54 and 11 months"),
    *("=HYPERLINK(K-40117)", "+cmd|K-40118", "@SUM(K-40119)", "-K-40120", "'K-40121"),
    *(
        "sha256:9f86d081884c7d65",
        "pbkdf2$26000$Xy9Tq",
        "token-5J3mBbAH58CpQ3Y5",
        "<b>K-40122</b>",
        "K-40123;K-40124",
    ),
)
NUMBER = 40
assert len(set(IDENTIFIERS)) == NUMBER


def shown_in(text: str) -> list[str]:
    """Return the identifiers that `text` shows, in whichever case and however escaped or broken into lines."""
    flat = " ".join(text.split()).casefold()
    forms = {
        name: {name, name.encode("unicode_escape").decode(), repr(name)[1:-1], name.replace("'", "\\'")}
        for name in IDENTIFIERS
    }
    return [name for name, ways in forms.items() if any(way.casefold() in flat for way in ways)]

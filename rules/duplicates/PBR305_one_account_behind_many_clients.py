"""One bank account, telephone or e-mail address stands behind many clients of unrelated households.

What it flags
-------------
A bank account, telephone or e-mail address that clients of at least `least_households` households share who
are registered with one provider. There is one query for each such value and provider. Nothing is at risk:
the value says that the registrations have something in common, and not that any claim for them is wrong.

Method
------
Rows of the table of clients are grouped by the provider that they are registered with (`provider_id`, who
delivers) and by the value of `bank_account`, of `phone` and of `email`, each for itself. Values are
compared letter by letter. In a group the households are counted: clients with the same family name and
postcode are one. A person with several registrations in the group (equal `person_id`) counts once, with the
first of them, by referral date (one without comes last), then client number.

A group of `least_households` or more is a query. The severity is `high` only where all of three things hold
of everybody who has the value, with whatever provider and of whatever household: all are with this one
provider; all have one and the same adviser, and each has one; and the group's households have more than one
postcode. Else the severity is `info`. A hostel gives its telephone for all who live there, at one postcode;
an appointee or a money adviser receives the benefit of many, who come from several advisers, and often
several providers: that is how most people come to share a value, and nobody is asked for more than a word
about it. One adviser whose clients, from many addresses, can all be reached at one number is another
matter.

The query is known by the provider, the kind of value and the client number of the first client in the
group, in the order above. The value itself stands nowhere in it, and no digest of it either: who knows a
digest can try all telephone numbers until one fits.

Example
-------
Five clients of provider SB01, P1 to P5, have five family names and five postcodes, one adviser and one bank
account: a query of severity high, known by P1 and with nothing at risk. P6 to P9 have a telephone in
common; four households are too few.

Why ask
-------
Clients who do not exist, or who never came, have to be given an account and a number by somebody. In the
trial of a welfare-to-work provider's staff, people appeared as clients who had never attended.

Innocent explanations
---------------------
A hostel, a refuge or a day centre. An appointee, a council or a charity that receives people's money. An
interpreter, a family with several names and addresses, a landlord. A switchboard that was keyed in for all
who had no telephone. The adviser's own number, given so that clients are not called by anybody else. The
adviser works in the hostel.

Not flagged
-----------
1. Groups of fewer than `least_households` households: a family, or two friends, are none of anybody's
   business.
2. Members of one household, and one person with several registrations: they count once.
3. A value that many providers share, each of them in fewer than `least_households` households.
4. A value that is no value: with fewer than six letters and digits (`n/a`, `0000`), or with one letter or
   digit all through (`00000 000000`). These are not looked at, nor are clients without a value.

Assumptions
-----------
Each client and value is one row examined, so that a client may be looked at three times. A client whose
family name or postcode is not known is not assessable, and not counted: it might belong to any household.
Where the table of clients has none of the three columns, the rule is not assessable. Values that are keyed
hashes serve as well, if one key was used for all. A client whose adviser is not known leaves it open
whether all have one, which makes the severity `info`. Registrations count, whether or not they started,
ended or led to a claim.

Ask for
-------
Whose account or number it is, from the bank or the referrer rather than from the provider, and for some of
the clients a proof that they were met.

Source
------
The claims standard (`clients`). Crown Prosecution Service (2013), on a provider's staff and clients who
never attended; the matching of shared accounts between public bodies is national practice in audit, where a
match means no more than that somebody has to look.
"""

import polars as pl

from pbr_audit.rule import WHOLE, Needs, NotAssessable, Param, Params, Rule, View

RULE = Rule(
    id="PBR305",
    version=1,
    title="One bank account, telephone or e-mail behind many unrelated clients",
    family="duplicate-client",
    severity="high",
    basis="linkage",
    subject="provider",
    key=("provider_id", "kind", "first_client_id"),
    by=WHOLE,
    needs=Needs(
        required={
            "clients": ("client_id", "person_id", "contract_id", "provider_id", "family_name", "postcode")
        },
        optional={"clients": ("bank_account", "phone", "email", "advisor_id", "referral_date")},
    ),
    params={
        "least_households": Param(
            5,
            unit="households",
            low=2,
            high=1000,
            why="two or three families at one number are relatives or neighbours; five share a place",
        )
    },
    message=(
        "{clients} clients of {households} households who are registered with {provider_id} share one {what}."
    ),
)
KINDS = {"bank_account": "bank account", "phone": "telephone", "email": "e-mail address"}
FEWEST_SIGNS = 6
NO_HOUSEHOLD = "the client's family name or postcode is not known"
SHARED = ("kind", "value")
GROUP = (*SHARED, "provider_id")


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return every client with each of its values, flagged where many households of a provider share it."""
    held = [kind for kind in KINDS if view.has("clients", kind)]
    if not held:
        raise NotAssessable("clients has no bank_account, phone or email")
    rows = pl.concat([_with_value(view.clients, kind) for kind in held]).cache()  # read several times below
    shared = rows.filter("stands_again")
    everybody = shared.group_by(SHARED).agg(
        providers=pl.col("provider_id").n_unique(),
        advisers=pl.col("advisor_id").n_unique(),
        unadvised=pl.col("advisor_id").is_null().any(),
    )
    groups = _groups(shared).filter(pl.col("households") >= p.least_households)  # (1, 3)
    alone = (pl.col("providers") == 1) & (pl.col("advisers") == 1) & ~pl.col("unadvised")
    told = groups.join(everybody, on=SHARED, how="left").with_columns(
        severity=pl.when(alone & (pl.col("postcodes") > 1)).then(pl.lit("high")).otherwise(pl.lit("info"))
    )
    judged = [shared.join(told, on=GROUP, how="left"), rows.filter(~pl.col("stands_again"))]
    return (
        pl.concat(judged, how="diagonal")
        .with_columns(why_not=pl.when(~pl.col("has_household")).then(pl.lit(NO_HOUSEHOLD)))
        .select(
            "client_id",
            "contract_id",
            "provider_id",
            "kind",
            "first_client_id",
            "clients",
            "households",
            "postcodes",
            "providers",
            "advisers",
            "severity",
            "why_not",
            what=pl.col("kind").replace_strict(KINDS, return_dtype=pl.String),
            flagged=pl.when("has_household").then(pl.col("first_client_id").is_not_null()),
        )
    )


def _with_value(clients: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    """Return the clients that have a value of this kind which is one (4)."""
    signs = pl.col(kind).str.replace_all(r"[^\p{L}\p{N}]", "")
    is_one = (signs.str.len_chars() >= FEWEST_SIGNS) & (signs.str.strip_chars(signs.str.head(1)) != "")
    return clients.filter(pl.col(kind).is_not_null() & is_one).select(
        "client_id",
        "person_id",
        "contract_id",
        "provider_id",
        "family_name",
        "postcode",
        "advisor_id",
        "referral_date",
        kind=pl.lit(kind),
        value=pl.col(kind),
        # A hash that two values share by chance does no harm.
        stands_again=pl.col(kind).hash().is_duplicated(),
        has_household=pl.col("family_name").is_not_null() & pl.col("postcode").is_not_null(),
    )


def _groups(shared: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each value and provider its first client, and how many households (2) have it."""
    household = pl.struct("family_name", "postcode")
    members = shared.filter("has_household").sort("referral_date", "client_id", nulls_last=True)
    people = members.unique([*GROUP, "person_id"], keep="first", maintain_order=True)
    counted = people.group_by(GROUP).agg(
        households=household.n_unique(), postcodes=pl.col("postcode").n_unique()
    )
    first = members.group_by(GROUP, maintain_order=True).agg(
        first_client_id=pl.col("client_id").first(), clients=pl.len()
    )
    return first.join(counted, on=GROUP, how="inner")

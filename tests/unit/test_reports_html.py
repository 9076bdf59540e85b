"""report.html: whole, escaped, offline, and honest about what it leaves out."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from pbr_audit.reports import report as report_module
from pbr_audit.reports.manifest import inputs_of
from pbr_audit.reports.report import report_html
from tests.unit.audits import CLAIMS, tiny_audit

INLINE = {"a", "code", "strong"}
VOID = {"meta", "br", "link", "img", "hr", "input"}


class Document(HTMLParser):
    """Tags with their attributes, ids and text; fails where a tag is closed that is not open."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._data: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if tag not in INLINE:
            self._data.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self._data.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self._data).split())

    def named(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in tags]


def html_of(folder: Path, claims: str = CLAIMS) -> str:
    audit = tiny_audit(folder / "in", claims)
    return report_html(audit, inputs_of(audit))


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    return html_of(tmp_path_factory.mktemp("html"))


@pytest.fixture(scope="module")
def document(html: str) -> Document:
    return Document(html)


def test_every_tag_is_closed_and_every_id_is_given_once(document: Document) -> None:
    ids = [attributes["id"] for _, attributes in document.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_every_link_leads_to_a_place_in_the_page(document: Document) -> None:
    ids = {attributes["id"] for _, attributes in document.tags if "id" in attributes}
    links = {attributes["href"] for attributes in document.named("a")}
    assert {link for link in links if link is None or link[1:] not in ids} == set()
    labels = {attributes["aria-labelledby"] for attributes in document.named("section")}
    assert labels - ids == set()


def test_the_page_asks_the_network_for_nothing_and_runs_nothing(document: Document, html: str) -> None:
    assert document.named("script", "link", "img", "iframe", "object", "embed", "form") == []
    assert [name for _, attributes in document.tags for name in attributes if name.startswith("on")] == []
    assert [name for _, attributes in document.tags for name in attributes if name in {"src", "style"}] == []
    assert re.findall(r"https?:|url\(|@import", html) == []


def test_the_policy_allows_the_page_s_own_style_and_nothing_else(document: Document, html: str) -> None:
    [style] = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policies = [meta["content"] for meta in document.named("meta") if "http-equiv" in meta]
    assert policies == [
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    ]


def test_the_page_can_be_read_without_eyes(document: Document) -> None:
    assert document.named("html") == [{"lang": "en-GB"}]
    assert len(document.named("table")) == len(document.named("caption"))
    assert [cell for cell in document.named("th") if "scope" not in cell] == []
    assert [picture for picture in document.named("svg") if not picture.get("aria-label")] == []
    headings = [int(tag[1]) for tag, _ in document.tags if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(headings))


def test_hostile_text_is_shown_and_never_obeyed(tmp_path: Path) -> None:
    claims = CLAIMS.replace("F1,", "F<script>alert(1)</script>,").replace("P2", "<img src=x onerror='y'>")
    document = Document(html_of(tmp_path, claims.replace("PR02", "</td></table>{{ 7*7 }}")))
    assert document.named("script", "img") == []
    assert "claim F<script>alert(1)</script>" in document.text
    assert "</td></table>{{ 7*7 }}" in document.text


def test_the_page_says_what_was_read_and_set_aside(document: Document) -> None:
    assert "claims 8 5 3 £3,143.50 EUR 90.00 £3,150.50 EUR 90.00 -£7.00 EUR 0.00" in document.text
    assert "claims 3 rows, 37.5 % of those read rejects/claims.csv" in document.text
    assert "2 outcome_date: is missing" in document.text
    assert "claims: a remark" in document.text


def test_the_page_keeps_the_three_totals_apart(document: Document) -> None:
    assert "At risk on prime claims £1,650.50 2 claims EUR 90.00 1 claim each claim once" in document.text
    assert "Estimates of statistical rules £724.92 TST201" in document.text
    assert "Under-claims £625.25 1 claim" in document.text


def test_the_page_says_what_every_rule_answered(document: Document) -> None:
    assert "TST301 A title of TST301 clear 4 0 0" in document.text
    assert (
        "TST401 A title of TST401 not assessable 0 0 0 there are 2 providers, and it needs 10"
        in document.text
    )
    assert "TST501 A title of TST501 failed 0 0 0 ValueError of" in document.text
    assert "TST901 A title of TST901 left out 0 0 0 not selected for this run" in document.text


def test_a_rule_s_page_stands_with_its_findings(document: Document) -> None:
    assert "A <b>first</b> exclusion over two lines. A second one." in document.text
    assert "F1 flagged C1 clear" in document.text
    assert "Check first: The payslip for TST101, e.g. the last one. The rule" in document.text


def test_the_gravest_case_stands_first_with_its_rules(document: Document) -> None:
    cases = document.text[document.text.index("Cases, ranked") :]
    assert "1 critical 31dad4461c3ebb986acd CPA01 PR01 2 £1,650.50 TST101 (2), TST102, TST601" in cases


def test_a_statistical_amount_is_called_an_estimate(document: Document) -> None:
    assert "provider PR01 CPA01 PR01 2016-Q2 £724.92 estimate PR01 stands out." in document.text


def test_what_is_left_out_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_module, "FINDINGS_SHOWN", 1)
    monkeypatch.setattr(report_module, "CASES_SHOWN", 1)
    text = Document(html_of(tmp_path)).text
    assert "These are the 1 gravest of 3 findings; the other 2 are in findings.csv." in text
    assert "These are the first 1 of 3 cases. The findings of the other 2 are in findings.csv." in text
    assert "claim F1" in text
    assert "claim F3" not in text


def test_without_claims_or_findings_the_page_stands_all_the_same(tmp_path: Path) -> None:
    text = Document(html_of(tmp_path, CLAIMS.splitlines()[0] + "\n")).text
    assert "No rule that could be assessed found anything." in text
    assert "There are no cases." in text
    assert "At risk on prime claims none each claim once" in text


def test_the_same_audit_gives_the_same_page(tmp_path: Path, html: str) -> None:
    assert html_of(tmp_path) == html

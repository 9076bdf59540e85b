"""The first wall: a condition's text is looked at word by word before any parser reads it.

It names what is refused as its author wrote it, and it keeps away from the parser what would cost it much:
`date(date(date(` takes the SQL parser a time that doubles with each word. The second wall, in `reading`,
stands without this one.
"""

import re
import unicodedata

from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType
from sqlglot.tokens import Tokenizer

from pbr_audit.errors import ConfigurationError
from pbr_audit.expression.functions import CONDITION_FUNCTIONS
from pbr_audit.expression.tree import shown

MAX_CHARACTERS = 4_000
# Brackets and cases within each other. The parser spends some twenty Python frames on each level, of a
# thousand.
MAX_NESTING = 20

SYMBOLS = frozenset({"(", ")", ",", ".", "+", "-", "*", "/", "<", ">", "<=", ">=", "=", "<>", "!=", ":"})
HINTS = {
    ";": "write one condition and nothing after it",
    "::": "write cast(x as integer)",
    "==": "write =",
    "&&": "write and",
    "!": "write not",
    "||": "compare the parts one by one",
    "?": "write a parameter as :name",
}
# Words that may stand before an opening bracket without being a function.
BEFORE_BRACKET = frozenset({"and", "or", "not", "in", "between", "case", "when", "then", "else"})
# Words that the parser would drop or read as something else; a column of such a name is written in double
# quotation marks.
REFUSED = {
    "all": "ALL",
    "distinct": "DISTINCT",
    "if": "IF",
    "rlike": "RLIKE",
    "regexp": "REGEXP",
    "similar to": "SIMILAR TO",
    "select": "a subquery (SELECT)",
}
BRACKET_NAMES = {
    "exists": "a subquery (EXISTS)",
    "any": "a subquery (ANY)",
    "some": "a subquery (SOME)",
    "values": "a table (VALUES)",
    "over": "a window function (OVER)",
    "as": "AS",
    "filter": "an aggregate's FILTER",
    "from": "FROM",
    "is": "IS with anything but NULL",
    "lateral": "LATERAL",
    "table": "TABLE",
    "with": "WITH",
}
# What a statement begins with; a column may have such a name, and is followed by an operator.
STATEMENTS = re.compile(
    r"(?i)alter|analyze|attach|begin|call|commit|copy|create|delete|describe|detach|drop|execute|explain|"
    r"export|grant|import|insert|install|kill|load|merge|pragma|replace|revoke|rollback|select|set|"
    r"show|truncate|update|use|vacuum|with"
)
AFTER_VALUE = frozenset({"and", "between", "in", "is", "like", "not", "or"})
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PLAIN_SPACE = " \t\r\n"
ALLOWED = (
    "it may hold columns, literals, :parameters, comparisons, and, or, not, + - * /, between, in, is null, "
    "case and a few functions"
)
FUNCTION_HINTS = {
    "date": "write a date as DATE '2016-01-01'",
    "now": "give the date as a parameter, or compare with a column",
}


def refused(where: str, name: str, hint: str = "") -> ConfigurationError:
    """The error that names what a condition may not hold."""
    return ConfigurationError(f"{where}: {name} is not allowed in a condition; {hint or ALLOWED}")


def refused_function(where: str, name: str) -> ConfigurationError:
    """The error that names a function that a condition may not call."""
    known = f"the functions are {', '.join(sorted(CONDITION_FUNCTIONS))}"
    return refused(where, f"the function {shown(name)}", FUNCTION_HINTS.get(name.lower(), known))


def too_deep(where: str) -> ConfigurationError:
    return ConfigurationError(
        f"{where}: the condition is nested too deeply; split it into several rules or columns"
    )


def check_words(text: str, where: str) -> None:
    """Raises an error that names the first word of `text` that may not stand in a condition."""
    if len(text) > MAX_CHARACTERS:
        raise ConfigurationError(
            f"{where}: the condition has more than {MAX_CHARACTERS:,} characters; split it"
        )
    for character in text:
        # Control, format, surrogate and private characters can make a text look other than it reads.
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} and character not in PLAIN_SPACE:
            raise refused(
                where, f"the character U+{ord(character):04X}", "type the condition again without it"
            )
    try:
        found = list(Tokenizer().tokenize(text))
    except SqlglotError:
        message = (
            f"{where}: the condition cannot be split into words; check that every quotation mark is closed"
        )
        raise ConfigurationError(message) from None
    if not found:
        raise ConfigurationError(
            f"{where}: the condition is empty; write one, such as achieved > cohort_size"
        )
    # Before the gaps: of some statements the tokenizer takes all the rest as one word.
    _check_statement(found, where)
    _check_gaps(text, found, where)
    for token, following in zip(found, [*found[1:], None], strict=True):
        _check_token(text, token, following, where)
    _check_nesting(found, where)


def _check_gaps(text: str, found: list[Token], where: str) -> None:
    """What the tokenizer skipped is white space; else it is a comment, or a look-alike of a space."""
    ends = [-1, *(token.end for token in found)]
    starts = [*(token.start for token in found), len(text)]
    for end, start in zip(ends, starts, strict=True):
        gap = text[end + 1 : start].strip(PLAIN_SPACE)
        if gap:
            raise _odd_character(gap, where) or refused(where, "a comment", "say it in the rule's page")


def _check_statement(found: list[Token], where: str) -> None:
    first = found[0].text.lower()
    if found[0].token_type in {TokenType.STRING, TokenType.IDENTIFIER} or not STATEMENTS.fullmatch(first):
        return
    goes_on = len(found) > 1 and (
        found[1].token_type in {TokenType.STRING, TokenType.IDENTIFIER}
        or (WORD.fullmatch(found[1].text) is not None and found[1].text.lower() not in AFTER_VALUE)
    )
    if goes_on or first == "select":
        raise refused(where, f"the statement {first.upper()}")


def _check_token(text: str, token: Token, following: Token | None, where: str) -> None:
    written = text[token.start : token.end + 1]
    opens_bracket = following is not None and following.token_type == TokenType.L_PAREN
    if token.token_type == TokenType.NATIONAL_STRING:
        raise refused(where, "a national string (N'...')", "write '...'")
    if token.token_type in {TokenType.STRING, TokenType.NUMBER}:
        return
    if token.token_type == TokenType.IDENTIFIER:
        if opens_bracket:
            raise refused(where, f"the function {shown(token.text)} in quotation marks")
        return
    if not WORD.fullmatch(written):
        _check_symbol(written, following, where)
        return
    word = written.lower()
    if word in REFUSED:
        raise refused(where, REFUSED[word])
    if opens_bracket and word not in BEFORE_BRACKET and word not in CONDITION_FUNCTIONS:
        if word in BRACKET_NAMES:
            raise refused(where, BRACKET_NAMES[word])
        raise refused_function(where, written)


def _check_symbol(written: str, following: Token | None, where: str) -> None:
    if written == "," and (following is None or following.token_type in {TokenType.R_PAREN, TokenType.COMMA}):
        raise refused(where, "a comma with nothing after it", "take it out")
    if written.lower() in REFUSED:
        raise refused(where, REFUSED[written.lower()])
    if written not in SYMBOLS:
        raise _odd_character(written, where) or refused(where, shown(written), HINTS.get(written, ""))


def _odd_character(written: str, where: str) -> ConfigurationError | None:
    """Names the first character that is not plain ASCII: a curly quotation mark is hard to see."""
    odd = next((character for character in written if not character.isascii()), None)
    if odd is None:
        return None
    name = f"the character U+{ord(odd):04X} ({unicodedata.name(odd, 'unnamed')}) outside quotation marks"
    return refused(where, name, "type it plainly, or put the column's name in double quotation marks")


def _check_nesting(found: list[Token], where: str) -> None:
    depth = 0
    for token in found:
        if token.token_type in {TokenType.L_PAREN, TokenType.CASE}:
            depth += 1
        elif token.token_type in {TokenType.R_PAREN, TokenType.END}:
            depth -= 1
        if depth > MAX_NESTING:
            raise too_deep(where)

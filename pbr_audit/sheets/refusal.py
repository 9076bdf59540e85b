"""Why a workbook is not read."""

NOT_WHOLE = "is not a whole workbook; save it again in a spreadsheet program, or ask for it again"
PROTECTED = "is protected by a password; save it without one"
TOO_LARGE = "save the table as CSV, or copy it into a new workbook"


class Refusal(Exception):
    """The file cannot be read as a workbook; the message completes a sentence that begins with its name.

    It holds words of ours alone: never a cell, nor a part's name.
    """

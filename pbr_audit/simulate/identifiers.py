"""Postcodes and national numbers that nobody has: with letters that no such code begins with."""

# A pair of letters with which no postcode begins, and second halves whose letters are used in no such place.
AREA_PAIRS = tuple(first + second for first in "QVX" for second in "QVXIJZ")
INWARD_CODES = tuple(f"{digit}{one}{two}" for digit in range(10) for one in "CIKMOV" for two in "CIKMOV")

# Pairs of letters with which no national number begins.
NATIONAL_PREFIXES = tuple(first + second for first in "DFIQUV" for second in "DFIQUV")
NATIONAL_NUMBERS = len(NATIONAL_PREFIXES) * 1_000_000 * 4
# A multiplier prime to the number of national numbers, so that each person has another one.
NATIONAL_STEP = 76_543_217

"""Official lists of names (United Nations, United States) as entries of the lexicons."""

from qalqan.signals.official.reading import FORMS, Listing, read_list

__all__ = ["FORMS", "Listing", "read_list"]

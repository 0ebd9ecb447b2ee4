"""The console's languages: English in the source, the others as catalogues in `locales/`."""

from qalqan.i18n.catalogues import LANGUAGES, choose, current, gettext, mark, ngettext, speak

__all__ = ["LANGUAGES", "choose", "current", "gettext", "mark", "ngettext", "speak"]

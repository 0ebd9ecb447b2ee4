"""Words between people and machine: gettext catalogues, read from their sources."""

"""The control room: where not to trust the figures, from a regency down to one form."""

"""satusuara: one voter, one vote, counted once, credited to the one it was given to."""

__version__ = "0.1.0"

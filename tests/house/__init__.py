"""The rules of the house, each a check that runs."""

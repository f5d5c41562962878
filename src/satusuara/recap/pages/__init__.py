"""Comparisons as pages show them."""

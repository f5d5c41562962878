"""What ``./run`` does, with the standard library alone until the project's own environment stands."""

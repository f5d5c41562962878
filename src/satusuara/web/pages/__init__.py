"""The public face: what anybody sees without signing in, and the frame around every page."""

"""The pages of the chapter: register, rakor, readiness, signals, likelihood."""

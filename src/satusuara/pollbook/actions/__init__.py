"""The only writers of this chapter: ``devices`` (enrol, revoke), ``rolls`` (keys and packets), ``ingest``, ``held``."""

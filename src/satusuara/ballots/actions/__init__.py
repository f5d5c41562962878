"""The only writers of this chapter: ``needs``, ``stock``, ``boxes``, ``handovers``, ``loans``."""

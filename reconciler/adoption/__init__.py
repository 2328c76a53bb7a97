"""Manifests for what is live and nobody's: which objects, under which names, in which files, in which words. Pure."""

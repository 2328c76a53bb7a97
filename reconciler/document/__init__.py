"""YAML text to plain values with places: the strict reading that manifests and the project file share."""

from reconciler.document.builder import Document
from reconciler.document.file import read_bytes, read_file
from reconciler.document.place import Path, Place, Places
from reconciler.document.reading import Reading, read
from reconciler.document.shape import Shape
from reconciler.document.suggestion import did_you_mean, listed, suggest
from reconciler.document.text import Text, decode, from_string

__all__ = [
    "Document",
    "Path",
    "Place",
    "Places",
    "Reading",
    "Shape",
    "Text",
    "decode",
    "did_you_mean",
    "from_string",
    "listed",
    "read",
    "read_bytes",
    "read_file",
    "suggest",
]

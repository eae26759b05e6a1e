"""Everything that can go wrong below the question-answering layer.

::

    IngestError                what was wrong, what is allowed, what to do
    ├── SettingsError          an unknown or malformed setting
    ├── CorpusError            the corpus folder itself is missing or unreadable
    ├── ArticleError           one file is no valid article (names file and field)
    ├── ImportFormatError      a file that cannot be turned into articles
    ├── ModelError             the embedding model is missing, damaged or unknown
    └── IndexStoreError        the vector store cannot be used
        ├── IndexMissingError      nothing has been indexed yet
        ├── IndexMismatchError     made with another model or other chunk settings
        └── IndexLockedError       another process is writing
"""

from __future__ import annotations


class IngestError(Exception):
    """Base of all errors of this package; its text is fit for a user."""


class SettingsError(IngestError):
    """A setting is unknown or its value cannot be used."""


class CorpusError(IngestError):
    """The corpus folder is missing or cannot be read."""


class ArticleError(IngestError):
    """One file is not a valid article."""

    def __init__(self, path: str, field: str, problem: str) -> None:
        super().__init__(f"{path}：{field}：{problem}")
        self.path = path
        self.field = field
        self.problem = problem


class ImportFormatError(IngestError):
    """A file cannot be turned into articles."""


class ModelError(IngestError):
    """The embedding model is missing, damaged or unknown."""


class IndexStoreError(IngestError):
    """The vector store cannot be opened, read or written."""


class IndexMissingError(IndexStoreError):
    """Nothing has been indexed yet."""


class IndexMismatchError(IndexStoreError):
    """The index was made with another model or other chunk settings."""


class IndexLockedError(IndexStoreError):
    """Another process is writing to the index."""

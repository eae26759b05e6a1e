"""Articles into Chroma: read, cut, embedded, kept in line with the corpus folder.

``ingest.sync.sync`` is not repeated here: under the same name it would hide its module.
"""

from ingest.articles import Article, Source, read_corpus
from ingest.chunks import Chunk, ChunkSettings, cut
from ingest.embedders import Embedder, make_embedder
from ingest.errors import (
    ArticleError,
    CorpusError,
    ImportFormatError,
    IndexLockedError,
    IndexMismatchError,
    IndexMissingError,
    IndexStoreError,
    IngestError,
    ModelError,
    SettingsError,
)
from ingest.importers import Imported, import_file
from ingest.index import ArticleIndex, Manifest, open_index
from ingest.settings import Settings, load_settings

__all__ = [
    "Article",
    "ArticleError",
    "ArticleIndex",
    "Chunk",
    "ChunkSettings",
    "CorpusError",
    "Embedder",
    "ImportFormatError",
    "Imported",
    "IndexLockedError",
    "IndexMismatchError",
    "IndexMissingError",
    "IndexStoreError",
    "IngestError",
    "Manifest",
    "ModelError",
    "Settings",
    "SettingsError",
    "Source",
    "cut",
    "import_file",
    "load_settings",
    "make_embedder",
    "open_index",
    "read_corpus",
]

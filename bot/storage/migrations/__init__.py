"""How a database becomes the tables of this version; run by ``open_store``."""

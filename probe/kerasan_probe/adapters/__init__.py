"""One adapter for each generation of Keras; each has an ``install()``."""

"""Room 37: a writers' room in a chat channel. This package is its core: no platform, no database, no model vendor."""

__version__ = "0.1.0"

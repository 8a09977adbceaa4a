"""Storage: tables, units of work, one module per concern. Nothing of SQLAlchemy leaves this package."""

"""Alembic migrations of the house, shipped in the wheel; run at start by memory.migrate."""

"""From story values to cards."""

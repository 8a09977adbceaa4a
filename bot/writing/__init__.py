"""The side of the co-writer: briefs, the deck, personas, budget, sameness. Pure; no model vendor."""

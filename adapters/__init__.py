"""Everything that talks to the outside, except storage."""

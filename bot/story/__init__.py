"""The pure rules of the story: a file per noun, values in, outcomes out. No I/O, no clock, no async."""

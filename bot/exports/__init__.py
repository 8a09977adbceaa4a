"""Writers of export formats: `write(scenes, out)` each."""

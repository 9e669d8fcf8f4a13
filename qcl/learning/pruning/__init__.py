"""Chapter 15: which weights survive, and when."""

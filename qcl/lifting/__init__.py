"""Parts 1-2: polynomial steps and their linear lifting."""

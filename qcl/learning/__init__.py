"""Part 4: networks, their pruning and their spectra, and training."""

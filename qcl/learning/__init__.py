"""Part 4: networks, their pruning, their spectra and their training.

``datasets`` and ``networks`` come first (chapter 14), then ``pruning`` (15),
``training`` (16) and ``spectra`` (17).
"""

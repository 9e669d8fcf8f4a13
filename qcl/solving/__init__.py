"""Part 3: the stacked linear system and its quantum solvers.

A folder a chapter: ``stacking`` (8), ``upload`` (9), ``hhl`` (10), ``qsvt``
(11), ``readout`` (12) and ``costs`` (13); ``solution`` is what both solvers
hand back.
"""

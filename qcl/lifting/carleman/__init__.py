"""Chapters 2, 3 and 5: the discrete Carleman linearisation.

``blocks`` assembles the matrix degree by degree, ``lifting`` is the lifted
step and ``lift`` makes it.
"""

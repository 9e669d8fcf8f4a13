"""What polynomials are made of, degree by degree.

``exact`` decides what counts as a number, ``basis`` orders the monomials and
``terms`` keeps one coefficient for each of them.
"""

"""Chapter 11: a better inverse.

``inversion`` finds the polynomial and its phases, ``block_encoding`` puts a
matrix into a unitary, and ``solver`` joins them.
"""

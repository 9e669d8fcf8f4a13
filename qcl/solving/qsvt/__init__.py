"""Chapter 11: a better inverse.

``inversion`` finds the polynomial, ``phases`` its angles, ``block_encoding``
puts a matrix into a unitary, and ``solver`` joins them.
"""

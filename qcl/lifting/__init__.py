"""Parts 1-2: a polynomial update step and its linear lifting.

Read ``algebra`` (multisets, tables of monomials, exact numbers), ``maps``
(the step), ``carleman`` (its lifting), ``bounds`` (how far the lifting can
be trusted) and ``diagrams`` (its error, drawn), in this order; each imports
only what stands before it.
"""

"""Chapter 8: all steps in one sparse linear system.

``scaling`` chooses the unit of length, ``stack`` makes a ``system``, ``trust``
says whether its lifting follows the descent, and ``hermitian`` makes any
system fit for a quantum computer. ``display`` writes tables.
"""

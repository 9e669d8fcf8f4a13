"""Chapter 8: all steps in one sparse linear system.

``scaling`` chooses the unit of length, ``system`` stacks the steps, ``trust``
says whether their lifting follows the descent, and ``hermitian`` makes any
system fit for a quantum computer. ``display`` writes tables.
"""

"""Chapter 8: all steps in one sparse linear system.

``scaling`` chooses the unit of length, ``system`` stacks the steps, and
``hermitian`` makes any system fit for a quantum computer.
"""

"""Chapter 13: what it costs.

``qiskit_circuits`` compiles, ``resources`` counts gates, and ``model`` sets
the growth of the whole against classical descent.
"""

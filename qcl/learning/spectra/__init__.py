"""Chapter 17: the Hessian watched.

``spectrum`` is a density of eigenvalues, ``lanczos`` finds one through
products alone, and ``proxy`` turns it into an error.
"""

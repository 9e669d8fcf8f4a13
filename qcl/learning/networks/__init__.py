"""Chapter 14: networks as polynomials.

``layout`` places the weights, ``layers`` runs them, ``dense`` and
``polynomial`` are the two networks; ``sample_polynomials``, ``expansion`` and
``loss_polynomial`` turn a loss into an update step, and ``curvature`` holds
its second derivatives.
"""

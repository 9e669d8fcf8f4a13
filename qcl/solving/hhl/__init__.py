"""Chapter 10: the HHL algorithm.

``clock`` holds the energies that phase estimation sees, ``advice`` says how
wide it must be, ``solver`` runs the algorithm, and ``diagnosis`` says why its
answer is inaccurate.
"""

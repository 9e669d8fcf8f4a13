"""What a quantum solver hands back.

``reading`` is what shots say of the weights, ``result`` the state with its
weights and its chance of success; ``amplification`` counts what raising that
chance costs, and ``simulation`` runs circuits.
"""

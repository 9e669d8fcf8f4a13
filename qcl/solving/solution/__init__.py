"""What a quantum solver hands back.

``result`` is the state with its weights and its chance of success;
``amplification`` counts what raising that chance costs.
"""

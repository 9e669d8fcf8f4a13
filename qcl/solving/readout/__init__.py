"""Chapter 12: getting the weights out.

``counting`` turns shots into amplitudes, ``estimators`` those into weights
with intervals, ``reading`` runs both, and ``planning`` chooses the shots.
"""

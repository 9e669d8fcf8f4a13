"""Chapters 1, 3 and 5: one update step as a polynomial map.

``polynomial`` holds the step and its makers; ``transforms`` composes, shifts
and turns steps; ``gradients`` asks whether a step descends on a loss.
"""

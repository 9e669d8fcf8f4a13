"""Chapters 5 and 6: blocks and errors as strand diagrams.

``strands`` enumerates the diagrams of one step, ``histories`` those of many,
and ``symbolic`` writes the same blocks as sympy expressions.
"""

"""Chapters 4 and 7: certified bounds on the truncation error.

``norms`` measures tensors, ``majorants`` turns a step into a scalar one,
``truncation`` bounds the error with it, ``horizons`` inverts the bound for an
order or a time, and ``two_speed`` bounds almost dissipative steps.
"""

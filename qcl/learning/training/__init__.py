"""Chapter 16: a pruned network trained by a quantum solver.

``schedule`` says what to do, ``dynamics`` does one dwell, ``records`` keeps
what was done, and ``train`` is the loop.
"""

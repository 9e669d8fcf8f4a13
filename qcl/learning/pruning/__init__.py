"""Chapter 15: which weights survive, and when.

``masks`` says which weights survive, in the one form that every ``keep``
takes, and makes masks; ``schedule`` says how many survive in each round.
"""

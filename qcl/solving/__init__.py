"""Part 3: the stacked linear system and the solvers that invert it."""

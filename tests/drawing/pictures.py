"""What is on a page of strands, and whether two of them cross."""

import numpy as np


def patches(ax, gid):
    return [p for p in ax.patches if p.get_gid() == gid]


def texts(ax, gid):
    return [t.get_text() for t in ax.texts if t.get_gid() == gid]


def extents(ax, artists):
    ax.figure.draw_without_rendering()
    return [a.get_window_extent() for a in artists]


def curves(ax):
    """Return every strand as points (x, y), finely sampled."""
    found = []
    for patch in patches(ax, "strand"):
        points = [np.empty((0, 2))]
        for bezier, _ in patch.get_path().iter_bezier():
            points.append(bezier(np.linspace(0, 1, 60)))
        found.append(np.concatenate(points))
    return found


def cross(first, second):
    """Whether one strand is above the other somewhere, and below elsewhere."""
    low = max(first[:, 0].min(), second[:, 0].min())
    high = min(first[:, 0].max(), second[:, 0].max())
    if high - low < 1e-9:
        return False
    x = np.linspace(low, high, 200)
    gap = np.interp(x, *first.T) - np.interp(x, *second.T)
    return gap.min() < -1e-6 and gap.max() > 1e-6

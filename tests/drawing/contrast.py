"""Contrast as WCAG 2 defines it, to test the colours with."""

import numpy as np
from matplotlib.colors import to_rgb

NEAR_BLACK = "#121212"


def contrast(first, second):
    """Return the contrast ratio of two colours, from 1 to 21."""
    low, high = sorted(map(luminance, (first, second)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour):
    c = np.array(to_rgb(colour))
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])

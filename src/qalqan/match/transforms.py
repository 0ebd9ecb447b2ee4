"""The eight ways in which a picture can be turned and mirrored, in the words that matches say."""

from __future__ import annotations

TRANSFORMS = (
    None,
    "turned 90° clockwise",
    "upside down",
    "turned 90° counter-clockwise",
    "mirrored top to bottom",
    "mirrored",
    "mirrored and turned 90° counter-clockwise",
    "mirrored and turned 90° clockwise",
)
"""What was done to the known picture where the query's first, second, … eighth hash is near to it.

The eight hashes stand for the query turned counter-clockwise by 0, 90, 180, 270 degrees, flipped top to bottom, left
to right, over the main diagonal and over the other one (`pdqhash.compute_dihedral`); undoing that gives the name.
"""

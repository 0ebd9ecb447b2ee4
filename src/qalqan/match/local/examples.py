"""Invented features for the contract's examples: points at random places, not read from any picture."""

from __future__ import annotations

import numpy as np

from qalqan.model.local import PLACE_STEP, POINT, THUMB, Local

WIDTH, HEIGHT = 512, 384
POINTS = 120


def drawn() -> tuple[str, str, str]:
    """Return features, the same turned upside down, and others."""
    first = invented(1)
    return first.packed(), upside_down(first).packed(), invented(2).packed()


def invented(seed: int) -> Local:
    """Return features that `seed` alone decides."""
    random = np.random.default_rng(seed)
    points = np.frombuffer(random.bytes(POINTS * POINT.itemsize), POINT).copy()
    points["x"] = random.integers(0, WIDTH, POINTS) / PLACE_STEP
    points["y"] = random.integers(0, HEIGHT, POINTS) / PLACE_STEP
    points["scale"] = random.integers(16, 64, POINTS)
    thumb = random.integers(0, 256, (THUMB // 4, THUMB // 4), np.uint8).repeat(4, axis=0).repeat(4, axis=1)
    return Local(WIDTH, HEIGHT, points, thumb)


def upside_down(local: Local) -> Local:
    """Return the features that the picture has after half a turn."""
    points = local.points.copy()
    points["x"] = (local.width - 1) / PLACE_STEP - np.minimum(points["x"], (local.width - 1) / PLACE_STEP)
    points["y"] = (local.height - 1) / PLACE_STEP - np.minimum(points["y"], (local.height - 1) / PLACE_STEP)
    points["angle"] += 128
    return Local(local.width, local.height, points, np.ascontiguousarray(local.thumb[::-1, ::-1]))

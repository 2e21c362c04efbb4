"""Distances and speeds on the sphere that the API speaks of."""

import math

EARTH_RADIUS_M = 6_371_008.8
PLAIN_LIMIT_KMH = 180


def distance_m(a, b):
    """Great circle between two (lon, lat) in degrees."""
    lon1, lat1, lon2, lat2 = map(math.radians, (*a, *b))
    h = (math.sin((lat2 - lat1) / 2) ** 2
         + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2)
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(h))


def speed_kmh(a, b):
    """What one vehicle would have driven between two readings (`time` in ms, `place`), at least."""
    metres = distance_m(a.place, b.place)
    gap_ms = abs(b.time - a.time)
    return 3600 * metres / gap_ms if gap_ms else (math.inf if metres else 0.0)


def is_impossible(a, b, least_m=0):
    """By the plain rule. Readings without a place exclude nothing."""
    if a.place is None or b.place is None or speed_kmh(a, b) <= PLAIN_LIMIT_KMH:
        return False
    return distance_m(a.place, b.place) >= least_m

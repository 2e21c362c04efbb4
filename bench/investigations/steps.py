"""The steps of bench/investigations/run: each yields results, as dicts."""

import cost
import peers
from investigations import cabs, clones, companions, habits, seattle

# What tells one result of a step from another; a later one with the same replaces it.
KEYS = ("seed", "vehicles", "days", "vectors", "within_s", "sightings", "options")


def key(result):
    return tuple(result.get(name) for name in KEYS)


def seeds(arguments):
    return [int(seed) for seed in arguments.seeds.split(",")]


def run_clones(given):
    for vectors in given.vectors.split(","):
        for seed in seeds(given):
            yield clones.score(given, seed, vectors)


def run_companions(given):
    for seed in seeds(given):
        for within_s in map(int, given.within.split(",")):
            yield companions.score(given, seed, within_s)


def run_habits(given):
    for seed in seeds(given):
        yield habits.score(given, seed)


def run_cabs(given):
    for seed in seeds(given):
        yield cabs.score(seed)


def run_seattle(_):
    yield seattle.score()


def run_cost(given):
    """A day of each size; beyond that many days of a million each."""
    for sightings in map(int, given.sightings.split(",")):
        yield cost.score(given, sightings, 1)
    if given.million_days:
        yield cost.score(given, given.million_days * 1_000_000, given.million_days)


def run_peers(given):
    yield peers.score(given, int(given.sightings.split(",")[0]))


ALL = {"clones": run_clones, "companions": run_companions, "habits": run_habits,
       "cabs": run_cabs, "seattle": run_seattle, "cost": run_cost,
       "peers": run_peers}

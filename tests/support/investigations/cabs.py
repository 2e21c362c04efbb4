"""Real taxis whose plates are merged in pairs: each merged plate is on two vehicles."""

import collections
import gzip
import itertools
import json
import random

import real_data

from . import asking
from .asking import stored_window, swept
from .city import lon_lat, milliseconds
from .geometry import is_impossible
from .serving import CityServer

PAIRS = 30


class Pass:
    """A sighting as the file has it."""

    __slots__ = ("time", "place", "cab")

    def __init__(self, row, place):
        self.time = milliseconds(row["time"])
        self.place = place
        self.cab = row["plate"]


def merged_rows(rows, seed):
    """(the rows with plates merged, {merged plate: the two})."""
    cabs = sorted({row["plate"] for row in rows})
    chosen = random.Random(seed).sample(cabs, 2 * PAIRS)
    pairs = list(zip(chosen[::2], chosen[1::2]))
    plate_of = {second: first for first, second in pairs}
    return ([{**row, "plate": plate_of.get(row["plate"], row["plate"])} for row in rows],
            {first: (first, second) for first, second in pairs})


def score(seed, data=None):
    data = data or real_data.folder("bay-area-cabs")
    cameras = (data / "cameras.ndjson").read_bytes()
    rows = [json.loads(line) for line in
            gzip.decompress((data / "sightings.ndjson.gz").read_bytes()).splitlines()]
    places = {camera["id"]: lon_lat(camera["location"])
              for camera in map(json.loads, cameras.splitlines())}
    merged, pairs = merged_rows(rows, seed)
    passes = collections.defaultdict(list)
    for true, row in zip(rows, merged):
        passes[row["plate"]].append(Pass(true, places[row["camera_id"]]))
    for each in passes.values():
        each.sort(key=lambda one: one.time)
    excluding = {plate: [pair for pair in itertools.pairwise(each) if is_impossible(*pair)]
                 for plate, each in passes.items()}
    flagged = {plate for plate, found in excluding.items() if found}
    # The others' cabs were never on the road in two places at once: nothing tells them from one.
    provable = {plate for plate in flagged & pairs.keys()
                if any(a.cab != b.cab for a, b in excluding[plate])}
    cab_of = {(row["camera_id"], row["source_id"], milliseconds(row["time"])): row["plate"]
              for row in rows}
    with CityServer() as server:
        connection = server.connect()
        asking.checked(connection.post("/v1/cameras", cameras, content_type="application/x-ndjson"))
        asking.checked(connection.post_sightings(merged))
        server.wait_until_sealed()
        window = stored_window(connection)
        cab_of_id = {row["id"]: cab_of[row["camera_id"], row["source_id"],
                                       milliseconds(row["time"])]
                     for row in connection.stream({"filter": {}})}
        conflicts, _, seconds = swept(connection, window)
        connection.close()
    cloned = {each["plate"]: each for each in conflicts if each["kind"] == "cloned"}
    pure = listed = 0
    for plate in cloned.keys() & pairs.keys():
        for vehicle in cloned[plate]["vehicles"]:
            drivers = collections.Counter(cab_of_id[id_] for id_ in vehicle["sightings"])
            pure += max(drivers.values(), default=0)
            listed += drivers.total()
    return {"seed": seed, "merged": len(pairs), "found": len(cloned.keys() & pairs.keys()),
            "provable": len(provable), "provable_found": len(cloned.keys() & provable),
            "missed": sorted(pairs.keys() - cloned.keys()),
            "others": sorted(cloned.keys() - pairs.keys()),
            "kinds": dict(collections.Counter(each["kind"] for each in conflicts)),
            "split_purity": pure / listed if listed else None, "sweep_s": seconds,
            "plain_found": len(flagged & pairs.keys()),
            "plain_others": len(flagged - pairs.keys())}

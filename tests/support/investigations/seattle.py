"""A week of a real city's readings, in which no plate is known to be cloned."""

import collections
import itertools
import json
import subprocess

import real_data
from sightline_server import BIN, PURPOSE, environment

from .asking import by_plate, stored_readings, stored_window, swept
from .geometry import distance_m, is_impossible, speed_kmh
from .serving import CityServer

MAPPING = ["--map", "plate=plate_hash,time=dt,camera=device,lon=lon,lat=lat", "--delimiter", "|",
           "--null", "NA", "--camera-kind", "mobile", "--time-format", "%m/%d/%Y - %H:%M:%S",
           "--tz", "America/Los_Angeles", "--no-resume"]


def imported(server, file):
    run = subprocess.run(
        [BIN / "sightline", "--url", server.url, "--token-file", server.token_file, "--purpose",
         PURPOSE, "--json", "import", file, *MAPPING, "--report",
         server.directory / "report.ndjson"],
        stdout=subprocess.PIPE, text=True, env=environment(), cwd=server.directory, check=True)
    return json.loads(run.stdout)["accepted"]


def impossible_pairs(readings):
    """By plate the pair, one reading after the other, that is farthest from possible."""
    worst = {}
    for plate, of_plate in by_plate([each for each in readings if each.place]).items():
        pairs = [pair for pair in itertools.pairwise(of_plate) if is_impossible(*pair)]
        if pairs:
            worst[plate] = max(pairs, key=lambda pair: distance_m(pair[0].place, pair[1].place))
    return worst


def accounts(pairs, conflicts):
    """A line for each plate that the plain rule or the sweep names."""
    rows = []
    for plate in sorted(pairs.keys() | conflicts.keys()):
        conflict = conflicts.get(plate)
        row = {"plate": plate[:10], "kind": conflict["kind"] if conflict else "none",
               "confidence": conflict["confidence"] if conflict else None,
               "reasons": conflict["reasons"] if conflict else []}
        if plate in pairs:
            a, b = pairs[plate]
            row |= {"distance_m": distance_m(a.place, b.place), "gap_s": (b.time - a.time) / 1000,
                    "required_kmh": min(speed_kmh(a, b), 999_999), "cameras": [a.camera, b.camera]}
        rows.append(row)
    return rows


def score(data=None):
    data = data or real_data.folder("seattle-alpr")
    with CityServer() as server:
        rows = imported(server, data / "spd-alpr-pub.csv.gz")
        server.wait_until_sealed()
        connection = server.connect()
        window = stored_window(connection)
        readings = stored_readings(connection, window)
        conflicts, _, seconds = swept(connection, window)
        connection.close()
    pairs = impossible_pairs(readings)
    return {"seed": 0, "readings": rows, "plates": len(by_plate(readings)),
            "kinds": dict(collections.Counter(each["kind"] for each in conflicts)),
            "cloned": sum(each["kind"] == "cloned" for each in conflicts),
            "plain_reported": len(pairs), "sweep_s": seconds,
            "unexplained": sum(plate not in {each["plate"] for each in conflicts}
                               for plate in pairs),
            "accounts": accounts(pairs, {each["plate"]: each for each in conflicts})}

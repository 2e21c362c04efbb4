"""Convoys planted into a simulated city's sightings, where it is hardest to tell them: in the rush
hour, on the busiest cameras.

A convoy follows a trip that somebody really drove, some minutes before or after him, with gaps of 3
to 30 s between its vehicles. Half of them bear plates that nobody knows; the others are drivers of the
city, who were at rest at that hour.
"""

import bisect
import collections
import dataclasses
import json

RUSH_HOURS = (7, 8, 17, 18)
TIME_ZONE_MS = 8 * 3_600_000  # Asia/Shanghai, where simulated cities are
HOUR_MS = 3_600_000
REST_MS = 45 * 60_000
# Each follows its template by so much, that its driver is no companion.
SHIFT_MS = (3 * 60_000, 10 * 60_000)
GAP_S = (3.0, 30.0)
JITTER_S = 1.5


@dataclasses.dataclass
class Convoy:
    plates: list
    cameras: int
    known_drivers: bool
    largest_gap_s: float
    sightings: list


def rush_hour(ms):
    local = ms + TIME_ZONE_MS
    weekday = (local // (24 * HOUR_MS) + 3) % 7  # 0 Monday
    return weekday < 5 and local // HOUR_MS % 24 in RUSH_HOURS


class Planter:
    """`rows`: of the city's sightings, parsed, with `time` in ms; `truth`: its truth."""

    def __init__(self, dice, rows, truth):
        self.dice = dice
        self.truth = truth
        self.bearers = truth.bearers()
        self.flow = collections.Counter(row["camera_id"] for row in rows)
        self.rows_of = collections.defaultdict(list)
        trips = collections.defaultdict(list)
        for row in rows:
            true = truth.readings[row["camera_id"], row["source_id"]]
            if row.get("plate") and not true.misread:
                self.rows_of[true.vehicle].append(row)
                if truth.is_honest(row["camera_id"]) and rush_hour(row["time"]):
                    trips[true.vehicle, true.trip].append(row)
        for each in self.rows_of.values():
            each.sort(key=lambda row: row["time"])
        self.trips = self.busiest(trips.values())
        self.alone = [vehicle["vehicle"] for vehicle in truth.vehicles
                      if "convoy" not in vehicle and len(self.bearers[vehicle["plate"]]) == 1
                      and len(self.rows_of[vehicle["vehicle"]]) >= 5]
        self.dice.shuffle(self.alone)
        self.planted = 0

    def busiest(self, trips):
        """Those of three cameras or more, by how busy these are: the busier half."""
        usable = [trip for trip in trips if len({row["camera_id"] for row in trip}) >= 3]
        usable.sort(key=lambda trip: -sum(self.flow[row["camera_id"]] for row in trip) / len(trip))
        return usable[:max(1, len(usable) // 2)]

    def template(self):
        """A stretch of 3 to 12 different cameras, [(camera, ms)]; the long ones are rarer."""
        while True:
            wanted = self.dice.randint(3, 12)
            passes = []
            for row in self.dice.choice(self.trips):
                if row["camera_id"] not in {camera for camera, _ in passes}:
                    passes.append((row["camera_id"], row["time"]))
            if len(passes) >= wanted:
                first = self.dice.randint(0, len(passes) - wanted)
                passes = passes[first:first + wanted]
                shift = self.dice.choice((-1, 1)) * self.dice.randint(*SHIFT_MS)
                return sorted(((camera, ms + shift) for camera, ms in passes),
                              key=lambda each: each[1])

    def at_rest(self, vehicle, begin, end):
        rows = self.rows_of[vehicle]
        at = bisect.bisect_left(rows, begin - REST_MS, key=lambda row: row["time"])
        return at == len(rows) or rows[at]["time"] > end + REST_MS

    def drivers(self, count, passes):
        """Vehicles of the city that nobody has seen around that time."""
        chosen = [vehicle for vehicle in self.alone
                  if self.at_rest(vehicle, passes[0][1], passes[-1][1])][:count]
        self.alone = [vehicle for vehicle in self.alone if vehicle not in chosen]
        return [(self.truth.vehicles[vehicle]["plate"], self.rows_of[vehicle])
                for vehicle in chosen]

    def strangers(self, count):
        """New plates, each looking like somebody of the city."""
        strangers = []
        while len(strangers) < count:
            plate = "京" + "".join(self.dice.choices("ABCDEFGHJKLMNPQRSTUVWXYZ", k=1)
                                   + self.dice.choices("0123456789", k=5))
            if plate not in self.bearers:
                self.bearers[plate] = set()
                strangers.append((plate, self.rows_of[self.dice.choice(self.alone)]))
        return strangers

    def convoy(self):
        passes = self.template()
        size = self.dice.randint(2, 5)
        known = self.dice.random() < 0.5
        members = self.drivers(size, passes) if known else self.strangers(size)
        gaps = [self.dice.uniform(*GAP_S) for _ in members]
        sightings = []
        for camera, ms in passes:
            at = ms / 1000
            for (plate, looks), gap in zip(members, gaps):
                moved = gap + self.dice.uniform(-JITTER_S, JITTER_S)
                at += min(max(moved, GAP_S[0]), GAP_S[1])
                sightings.append(self.sighting(plate, self.dice.choice(looks), camera, at))
        return Convoy([plate for plate, _ in members], len(passes), known, max(gaps[1:]), sightings)

    def sighting(self, plate, like, camera, at_s):
        self.planted += 1
        kept = {name: like[name] for name in ("attributes", "plate_color", "plate_confidence")
                if name in like}
        return {"camera_id": camera, "source_id": f"planted-{self.planted}", "plate": plate,
                "time": round(at_s * 1000), **kept}


def sent(connection, convoys):
    body = "".join(json.dumps(sighting, ensure_ascii=False) + "\n"
                   for convoy in convoys for sighting in convoy.sightings).encode()
    answer = connection.post("/v1/sightings", body, content_type="application/x-ndjson").json()
    if answer["rejected"] or answer["duplicates"]:
        raise RuntimeError(f"planted sightings were not accepted: {answer}")

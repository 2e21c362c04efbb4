"""Homes and trips against the simulator's truth."""

import collections
import random

from . import asking
from .asking import by_plate, of_plate, stored_readings, stored_window
from .city import DAY_MS, City, lon_lat, rfc3339
from .geometry import distance_m
from .serving import CityServer

TIME_ZONE_MS = 8 * 3_600_000  # Asia/Shanghai, where simulated cities are
HOME_M = 700
HOME_DAYS = 5


def share(part, whole):
    return part / whole if whole else None


def days_seen(readings):
    return len({(reading.time + TIME_ZONE_MS) // DAY_MS for reading in readings})


class Scores:
    def __init__(self, connection, window, truth, readings):
        self.connection = connection
        self.span = {"from_": rfc3339(window[0]), "to": rfc3339(window[1])}
        self.truth = truth
        self.plates = by_plate(readings)
        bearers = truth.bearers()
        self.alone = [vehicle for vehicle in truth.vehicles
                      if len(bearers[vehicle["plate"]]) == 1 and vehicle["plate"] in self.plates]

    def own(self, vehicle):
        return [reading for reading in self.plates[vehicle["plate"]]
                if reading.truth.vehicle == vehicle["vehicle"]]

    def homes(self, dice, count):
        known = [vehicle for vehicle in self.alone if days_seen(self.own(vehicle)) >= HOME_DAYS]
        dice.shuffle(known)
        found, asked, far = collections.Counter(), collections.Counter(), []
        for vehicle in known[:count]:
            profile = asking.get(self.connection, of_plate(vehicle["plate"], "profile"),
                                 **self.span)
            homes = [place for place in profile["places"] if place["kind"] == "home"]
            asked[vehicle["kind"]] += 1
            away = (distance_m(lon_lat(homes[0]["location"]), lon_lat(vehicle["home"]))
                    if homes else None)
            if away is not None and away <= HOME_M:
                found[vehicle["kind"]] += 1
            else:
                far.append({"plate": vehicle["plate"], "kind": vehicle["kind"], "away_m": away})
        return {"homes_asked": asked.total(), "homes_found": share(found.total(), asked.total()),
                "homes_by_kind": {kind: share(found[kind], of) for kind, of in asked.items()},
                "homes_far": far[:20]}

    def trips(self, dice, count):
        """Trips as sets of readings: of the vehicle's own, and strictly of all under its plate."""
        total, same = collections.Counter(), collections.Counter()
        vehicles_same = strict = 0
        other = []
        chosen = dice.sample(self.alone, min(count, len(self.alone)))
        for vehicle in chosen:
            true = collections.defaultdict(set)
            for reading in self.own(vehicle):
                true[reading.truth.trip].add(reading.id)
            own = set().union(*true.values())
            whole = self.told_trips(vehicle["plate"])
            cut = {trip & own for trip in whole}
            wanted = {frozenset(trip) for trip in true.values()}
            total[vehicle["kind"]] += len(wanted)
            same[vehicle["kind"]] += len(wanted & cut)
            strict += len(wanted & whole)
            if wanted - cut:
                other.append({"plate": vehicle["plate"], "kind": vehicle["kind"],
                              "trips": len(wanted), "missing": len(wanted - cut),
                              "told": len(cut - {frozenset()})})
            else:
                vehicles_same += 1
        return {"trips": total.total(), "trips_same": share(same.total(), total.total()),
                "trips_same_strictly": share(strict, total.total()),
                "trips_by_kind": {kind: share(same[kind], of) for kind, of in total.items()},
                "vehicles_trips_all_same": share(vehicles_same, len(chosen)),
                "trips_other": other[:20]}

    def told_trips(self, plate):
        answer = asking.get(self.connection, of_plate(plate, "trajectory"), **self.span)
        told = collections.defaultdict(set)
        for feature in answer["features"]:
            if "camera_id" in feature["properties"]:
                told[feature["properties"]["trip"]].add(feature["properties"]["id"])
        return {frozenset(trip) for trip in told.values()}


def score(given, seed):
    """One city's homes and trips. `given`: what the command was told."""
    city = City.of(given, seed, "none", "data")
    with CityServer(city.data) as server:
        server.wait_until_sealed()
        connection = server.connect()
        window = stored_window(connection)
        readings = stored_readings(connection, window, city.truth)
        dice = random.Random(seed)
        scores = Scores(connection, window, city.truth, readings)
        result = {"seed": seed, "vehicles": given.vehicles, "days": given.days,
                  "options": given.simulate_option, "readings": len(readings)}
        result |= scores.trips(dice, given.plates)
        try:
            result |= scores.homes(dice, given.plates)
        except asking.NotBuilt as not_built:
            result["homes_error"] = str(not_built)
        connection.close()
    city.release(given)
    return result

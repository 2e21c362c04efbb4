"""Cloned plates against the simulator's truth, and the plain speed rule beside."""

import collections
import itertools

from . import asking
from .asking import by_plate, path_of, stored_readings, stored_window, swept
from .city import City
from .geometry import is_impossible
from .serving import CityServer

OFFSET_TOLERANCE_S = 2
# A camera with fewer readings of plates in the window is not expected to be found out.
ENOUGH_READINGS = 100
# Pairs nearer than this may be one pass seen by two cameras, whatever their clocks say.
APART_M = 300


def share(part, whole):
    return part / whole if whole else None


class Scores:
    """One sweep's conflicts against one city's truth."""

    def __init__(self, truth, readings, conflicts):
        self.truth = truth
        self.plates = by_plate(readings)
        self.by_id = {reading.id: reading for reading in readings}
        self.bearers = truth.bearers()
        self.conflicts = {conflict["plate"]: conflict for conflict in conflicts}
        self.cloned = {plate: conflict for plate, conflict in self.conflicts.items()
                       if conflict["kind"] == "cloned"}

    def own(self, plate):
        """Readings of the plate by vehicles that bear it, read right."""
        return [reading for reading in self.plates.get(plate, ())
                if reading.truth and not reading.truth.misread
                and reading.truth.vehicle in self.bearers[plate]]

    def is_real_clone(self, plate):
        return len({reading.truth.vehicle for reading in self.own(plate)}) > 1

    def is_provable(self, plate, least_m=0):
        """Two vehicles' readings by honest cameras that no single one can have made."""
        honest = [reading for reading in self.own(plate)
                  if self.truth.is_honest(reading.camera)]
        return any(a.truth.vehicle != b.truth.vehicle and is_impossible(a, b, least_m)
                   for a, b in itertools.combinations(honest, 2))

    def found(self):
        provable = [plate for plate in self.truth.clones if self.is_provable(plate)]
        apart = [plate for plate in provable if self.is_provable(plate, APART_M)]
        missed = [plate for plate in provable if plate not in self.cloned]
        return {
            "clone_plates": len(self.truth.clones),
            "provable": len(provable),
            "recall": share(len(provable) - len(missed), len(provable)),
            "recall_apart": share(sum(plate in self.cloned for plate in apart), len(apart)),
            "missed": {plate: self.conflicts[plate]["kind"] if plate in self.conflicts else None
                       for plate in missed},
        }

    def precision(self):
        wrong = [plate for plate in self.cloned if not self.is_real_clone(plate)]
        return {
            "reported": len(self.cloned),
            "kinds": dict(collections.Counter(each["kind"] for each in self.conflicts.values())),
            "precision": share(len(self.cloned) - len(wrong), len(self.cloned)),
            "wrong": {plate: self.blame(plate) for plate in wrong},
        }

    def blame(self, plate):
        """What was truly behind a plate's readings."""
        causes = collections.Counter()
        for reading in self.plates.get(plate, ()):
            camera = self.truth.cameras[reading.camera]
            if reading.truth.vehicle not in self.bearers[plate]:
                causes["misread of another"] += 1
            elif "clock_offset_ms" in camera:
                causes["wrong clock"] += 1
            elif camera.get("wrong_position"):
                causes["wrong position"] += 1
            else:
                causes["honest"] += 1
        return dict(causes)

    def splits(self):
        """Of the real clones that were found: how pure their vehicles' readings are."""
        pure = listed = covered = owned = right_count = genuine_right = genuine_named = found = 0
        for plate, conflict in self.cloned.items():
            if not self.is_real_clone(plate):
                continue
            found += 1
            own = self.own(plate)
            placed = set()
            for vehicle in conflict["vehicles"]:
                drivers = collections.Counter(self.by_id[id_].truth.vehicle
                                              for id_ in vehicle["sightings"])
                placed |= set(vehicle["sightings"])
                listed += sum(drivers.values())
                pure += max(drivers.values(), default=0)
                if vehicle.get("likely_genuine"):
                    genuine_named += 1
                    main = drivers.most_common(1)[0][0] if drivers else None
                    genuine_right += main == self.truth.clones[plate]["genuine"]
            covered += sum(reading.id in placed for reading in own)
            owned += len(own)
            right_count += (len(conflict["vehicles"])
                            == len({reading.truth.vehicle for reading in own}))
        return {
            "split_purity": share(pure, listed),
            "readings_placed": share(covered, owned),
            "number_of_vehicles_right": share(right_count, found),
            "genuine_right": share(genuine_right, found),
            "genuine_named": share(genuine_named, found),
        }

    def plain_rule(self):
        """Every plate with two readings one after the other faster than 180 km/h."""
        flagged = {plate for plate, readings in self.plates.items()
                   if any(is_impossible(a, b) for a, b in itertools.pairwise(readings))}
        provable = [plate for plate in self.truth.clones if self.is_provable(plate)]
        return {
            "plain_reported": len(flagged),
            "plain_recall": share(sum(plate in flagged for plate in provable), len(provable)),
            "plain_precision": share(sum(self.is_real_clone(plate) for plate in flagged),
                                     len(flagged)),
        }


def true_offset_s(camera, start_ms, at_ms):
    """What the camera's clock showed too much at a true time."""
    minutes = (at_ms - start_ms) // 60_000
    drift = camera.get("clock_drift_ms_per_day", 0) * minutes / 1440
    return (camera.get("clock_offset_ms", 0) + drift) / 1000


def clocks(connection, truth, readings):
    """Faulty clocks found, by what each camera's health says of its clock."""
    seen = collections.defaultdict(list)
    for reading in readings:
        if reading.plate:
            seen[reading.camera].append(reading.truth.time)
    start = min(min(times) for times in seen.values())
    faulty = found = within = false_alarms = 0
    errors = {}
    for camera_id, times in seen.items():
        camera = truth.cameras[camera_id]
        health = asking.get(connection, f"/v1/cameras/{camera_id}/health")
        said = health.get("clock_offset_s")
        if "clock_offset_ms" not in camera:
            false_alarms += said is not None and abs(said) > OFFSET_TOLERANCE_S
            continue
        if len(times) < ENOUGH_READINGS:
            continue
        faulty += 1
        offsets = {name: true_offset_s(camera, start, at) for name, at in
                   (("first", min(times)), ("last", max(times)))}
        if said is None or abs(said) <= OFFSET_TOLERANCE_S:
            errors[camera_id] = {"readings": len(times), "said": said, **offsets}
            continue
        found += 1
        if min(abs(said - each) for each in offsets.values()) <= OFFSET_TOLERANCE_S:
            within += 1
        else:
            errors[camera_id] = {"readings": len(times), "said": said, **offsets}
    return {"wrong_clocks": faulty, "clocks_found": share(found, faulty),
            "offsets_right": share(within, faulty), "clock_false_alarms": false_alarms,
            "clock_errors": errors}


def score(given, seed, vectors):
    """One city: simulated, swept as a whole, and compared. `given`: what the command was told."""
    city = City.of(given, seed, vectors, "data")
    with CityServer(city.data) as server:
        server.wait_until_sealed()
        connection = server.connect()
        window = stored_window(connection)
        readings = stored_readings(connection, window, city.truth)
        result = {"seed": seed, "vehicles": given.vehicles, "days": given.days, "vectors": vectors,
                  "options": given.simulate_option, "readings": len(readings)}
        conflicts, job, seconds = swept(connection, window)
        scores = Scores(city.truth, readings, conflicts)
        result |= {"sweep_s": seconds, **scores.found(), **scores.precision(), **scores.splits(),
                   **scores.plain_rule()}
        reply = connection.get(path_of(f"/v1/cameras/{readings[0].camera}/health"))
        if reply.status == 200:
            result |= clocks(connection, city.truth, readings)
        connection.close()
    city.release(given)
    return result

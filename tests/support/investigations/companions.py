"""Companions: the simulator's convoys and planted ones, told from rush-hour traffic or not."""

import collections
import random

from . import asking
from .asking import of_plate, stored_window
from .city import City, lines_of, milliseconds, rfc3339
from .planted import Planter, sent
from .plain_companions import PlainRules
from .serving import CityServer

JOINT_CAMERAS = 3  # that the simulator's convoys must share in what was read, to be asked for


def read_city(city):
    """Its sightings, `time` in ms, without what no rule looks at."""
    kept = ("camera_id", "source_id", "plate", "time", "attributes", "plate_color",
            "plate_confidence")
    rows = []
    for row in lines_of(city.directory / "sightings.ndjson.gz"):
        row["time"] = milliseconds(row["time"])
        rows.append({name: row[name] for name in kept if name in row})
    return rows


def own_convoys(rows, truth):
    """[plates of a convoy] whose every member shares cameras with another on joint trips."""
    cameras = collections.defaultdict(set)
    for row in rows:
        true = truth.readings[row["camera_id"], row["source_id"]]
        if true.joint and not true.misread:
            cameras[true.vehicle].add(row["camera_id"])
    convoys = []
    for convoy in truth.convoys:
        members = [vehicle for vehicle in convoy["vehicles"]
                   if any(len(cameras[vehicle] & cameras[other]) >= JOINT_CAMERAS
                          for other in convoy["vehicles"] if other != vehicle)]
        if len(members) > 1:
            convoys.append([truth.vehicles[vehicle]["plate"] for vehicle in members])
    return convoys


def one_character_apart(a, b):
    """What a misread may do to a plate."""
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b)) == 1
    short, long = sorted((a, b), key=len)
    return len(long) == len(short) + 1 and any(long[:at] + long[at + 1:] == short
                                               for at in range(len(long)))


class Ranks:
    """Where true companions stand in rankings."""

    def __init__(self):
        self.targets = self.first = self.in_five = 0

    def add(self, ranking, fellows):
        self.targets += 1
        self.first += bool(ranking) and ranking[0] in fellows
        self.in_five += bool(set(ranking[:5]) & fellows)

    def scores(self, name):
        return {f"{name}_targets": self.targets,
                f"{name}_first": self.first / self.targets if self.targets else None,
                f"{name}_in_five": self.in_five / self.targets if self.targets else None}


class Scores:
    def __init__(self, connection, window, rules, within_s):
        self.connection = connection
        self.span = {"from_": rfc3339(window[0]), "to": rfc3339(window[1])}
        self.rules = rules
        self.within_s = within_s
        self.result = {}

    def ask(self, plate):
        return asking.get(self.connection, of_plate(plate, "companions"), **self.span,
                          within_s=self.within_s)["companions"]

    def targets(self, name, convoys, dice):
        """One vehicle of each convoy, as a person would ask for it."""
        ours, counted_10, counted_30, shared = Ranks(), Ranks(), Ranks(), Ranks()
        told = true = misread = unmet = 0
        misses = []
        for plates in convoys:
            target = dice.choice(plates)
            fellows = set(plates) - {target}
            answer = self.ask(target)
            ranking = [each["plate"] for each in answer]
            ours.add(ranking, fellows)
            if not ranking or ranking[0] not in fellows:
                misses.append({"target": target, "fellows": sorted(fellows),
                               "ranking": ranking[:3]})
            significant = [each["plate"] for each in answer if each["significant"]]
            unmet += not set(significant) & fellows
            told += len(significant)
            true += len(set(significant) & fellows)
            misread += sum(any(one_character_apart(plate, each) for each in plates)
                           for plate in significant if plate not in fellows)
            counted_10.add([other for other, _ in self.rules.by_count(target, 10)], fellows)
            counted_30.add([other for other, _ in self.rules.by_count(target, 30)], fellows)
            shared.add([other for other, _ in self.rules.by_share(target, 30)], fellows)
        self.result |= {
            **ours.scores(name),
            f"{name}_significant": told,
            f"{name}_false": (told - true) / told if told else None,
            f"{name}_false_but_misreads": (told - true - misread) / told if told else None,
            f"{name}_told_of_none": unmet / len(convoys) if convoys else None,
            **counted_10.scores(f"{name}_count_10"),
            **counted_30.scores(f"{name}_count_30"),
            **shared.scores(f"{name}_share_30"),
            f"{name}_misses": misses[:20],
        }

    def lonely(self, plates):
        """Vehicles that travel with nobody."""
        told = [plate for plate in plates if any(each["significant"] for each in self.ask(plate))]
        counted = {within_s: sum(bool(ranking) and ranking[0][1] >= JOINT_CAMERAS for ranking in
                                 (self.rules.by_count(plate, within_s) for plate in plates))
                   for within_s in (10, 30)}
        self.result |= {"lonely": len(plates), "lonely_told": len(told) / len(plates),
                        "lonely_told_plates": told[:20],
                        **{f"lonely_three_cameras_{within_s}": count / len(plates)
                           for within_s, count in counted.items()}}


def score(given, seed, within_s):
    """One city with convoys planted into it. `given`: what the command was told."""
    city = City.of(given, seed, "none", "files")
    dice = random.Random(seed)
    rows = read_city(city)
    planter = Planter(dice, rows, city.truth)
    planted = [convoy for convoy in (planter.convoy() for _ in range(given.convoys))
               if len(convoy.plates) > 1]
    with CityServer() as server:
        connection = server.connect()
        asking.checked(connection.post("/v1/cameras",
                                       (city.directory / "cameras.ndjson").read_bytes(),
                                       content_type="application/x-ndjson"))
        asking.checked(connection.post(
            "/v1/sightings", (city.directory / "sightings.ndjson.gz").read_bytes(),
            content_type="application/x-ndjson", headers={"Content-Encoding": "gzip"}))
        sent(connection, planted)
        server.wait_until_sealed()
        rules = PlainRules((row["camera_id"], row["time"], row["plate"]) for row in
                           [*rows, *(row for convoy in planted for row in convoy.sightings)]
                           if row.get("plate"))
        scores = Scores(connection, stored_window(connection), rules, within_s)
        result = {"seed": seed, "vehicles": given.vehicles, "days": given.days, "within_s": within_s,
                  "options": given.simulate_option, "readings": len(rows)}
        for name, known in (("strangers", False), ("drivers", True)):
            scores.targets(name, [convoy.plates for convoy in planted
                                  if convoy.known_drivers == known], dice)
        scores.targets("own", own_convoys(rows, city.truth), dice)
        taken = {plate for convoy in planted for plate in convoy.plates}
        alone = [city.truth.vehicles[vehicle]["plate"] for vehicle in planter.alone]
        scores.lonely([plate for plate in alone if plate not in taken][:given.lonely])
        connection.close()
    city.release(given)
    return result | scores.result

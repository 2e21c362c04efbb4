"""What random_filters_test.py compares: a server that errs in one thing is found out.

A small stand-in for a server answers from the model. It is asked as the real one is; right as it
stands, and then with one mistake at a time, which the comparison must see.
"""

import copy
import json
import random
import unittest

from checked_answers import Answers
from filter_model import Model, milliseconds, normalized, passing, plate_distance, time_order
from random_filters import FilterDice
from sightline_server import Reply

SEED = 7
QUESTIONS = 250
ROWS = 200


def shifted(filter_, member, change):
    """The filter with a change of one member, where it has that member."""
    if member not in filter_:
        return filter_
    filter_ = copy.deepcopy(filter_)
    filter_[member] = change(filter_[member])
    return filter_


def closed_interval(time):
    return time | {"to": milliseconds(time["to"]) + 1} if "to" in time else time


def open_interval(time):
    return time | {"from": milliseconds(time["from"]) + 1} if "from" in time else time


def without_holes(area):
    parts = [area["coordinates"]] if area["type"] == "Polygon" else area["coordinates"]
    return {"type": "MultiPolygon", "coordinates": [[part[0]] for part in parts]}


def further(like):
    return like | {"max_distance": like.get("max_distance", 1) + 1}


def first_only(attributes):
    return dict(list(attributes.items())[:1])


def first_value_only(attributes):
    return {name: each[0] if isinstance(each, list) else each for name, each in attributes.items()}


def changed(row, **members):
    return row | members


def misjudged(row):
    if "match" not in row:
        return row
    return row | {"match": row["match"] | {"differences": row["match"]["differences"] + 1}}


def as_numbers(row):
    own = row.get("attributes", {})
    own = {name: int(value) if value is True else value for name, value in own.items()}
    return row | {"attributes": own}


def missing_one(rows):
    return rows[:-1] if len(rows) % 3 == 0 else rows


def twice(rows):
    return rows[:1] + rows if len(rows) % 3 == 0 else rows


def swapped(rows):
    return rows[:1] + rows[2:3] + rows[1:2] + rows[3:]


# Of the filter, of the whole answer, of a row as it is shown, of what a page knows.
MISTAKES = {
    "the end belongs to the interval": {"filter": ("time", closed_interval)},
    "the start does not": {"filter": ("time", open_interval)},
    "? is any run": {"filter": ("plate", lambda text: text.replace("?", "*"))},
    "* is one character at least": {"filter": ("plate", lambda text: text.replace("*", "?*"))},
    "an escape is not seen": {"filter": ("plate", lambda text: text.replace("\\", "\\\\"))},
    "plate_like one further": {"filter": ("plate_like", further)},
    "plate_like by bytes of its start": {
        "filter": ("plate_like", lambda like: like | {"text": like["text"][:-1] or "?"})
    },
    "the last camera is left out": {"filter": ("cameras", lambda cameras: cameras[:-1])},
    "holes are filled": {"filter": ("area", without_holes)},
    "a radius is two per cent more": {
        "filter": ("near", lambda near: near | {"radius_m": near["radius_m"] * 1.02})
    },
    "one attribute suffices": {"filter": ("attributes", first_only)},
    "the first value alone counts": {"filter": ("attributes", first_value_only)},
    "a row is missing": {"rows": missing_one},
    "a row comes twice": {"rows": twice},
    "two rows are swapped": {"rows": swapped},
    "another plate is shown": {"shown": lambda row: changed(row, plate="X" + row.get("plate", ""))},
    "true has become 1": {"shown": as_numbers},
    "differences are wrong": {"shown": misjudged},
    "a place is off by a metre": {
        "shown": lambda row: changed(row, location={"lon": row["location"]["lon"], "lat": 0.00001})
        if "location" in row
        else row
    },
    "speeds are rounded": {"shown": lambda row: changed(row, speed_kmh=round(row["speed_kmh"]))},
    "corrections are not used": {"corrections": False},
    "corrected rows are found by what was read": {"found_by_read": True},
    "later pages see what came since": {"as_of": False},
}


class StandIn:
    """Takes the requests that Answers makes. Versions of a row lie in a list, newest last."""

    def __init__(self, cameras, lines, mistake):
        self.model = Model(cameras, [])
        self.versions = []  # a list for each row: (sequence, row)
        self.sequence = 0
        self.mistake = mistake
        self.append(lines)

    def append(self, lines):
        for line in lines:
            self.sequence += 1
            row = self.model.reader.row(line)
            self.model.plates.add(row.plate)
            self.model.places.add(row.place)
            self.versions.append([(self.sequence, row)])

    def post(self, path, body, **_):
        if path == "/v1/sightings":
            lines = body.splitlines()
            self.append(lines)
            return Reply(200, None, json.dumps({"accepted": len(lines)}).encode())
        return Reply(200, None, json.dumps(self.page(body)).encode())

    def request(self, _, path, patch):
        number = int(path.rsplit("/", 1)[1])
        corrected = copy.copy(self.versions[number][-1][1])
        self.model.correct(corrected, patch)
        self.sequence += 1
        if self.mistake.get("corrections", True):
            self.versions[number].append((self.sequence, corrected))
        return Reply(200, None, json.dumps(self.shown(number, corrected, None)).encode())

    def stream(self, body):
        return [self.shown(*each, body["filter"]) for each in self.answer(body, self.sequence)]

    def page(self, body):
        as_of, begin = json.loads(body.get("page_token", "null")) or [None, 0]
        as_of = as_of or body.get("as_of", self.sequence)
        known = as_of if self.mistake.get("as_of", True) else self.sequence
        rows = self.answer(body, known)
        end = begin + body["limit"]
        page = [self.shown(*each, body["filter"]) for each in rows[begin:end]]
        answer = {"sightings": page, "as_of": as_of}
        if end < len(rows):
            answer["next_page_token"] = json.dumps([as_of, end])
        return answer | ({"explain": {}} if body.get("explain") else {})

    def in_force(self, as_of):
        for number, versions in enumerate(self.versions):
            known = [row for sequence, row in versions if sequence <= as_of]
            if known:
                yield number, known[-1], known[0]

    def answer(self, body, as_of):
        filter_ = body["filter"]
        if "filter" in self.mistake:
            filter_ = shifted(filter_, *self.mistake["filter"])
        time = filter_.get("time", {})
        begin, end = [milliseconds(time.get(each, x)) for each, x in (("from", 0), ("to", 2**60))]
        rows = [each for each in self.in_force(as_of) if begin <= each[1].time < end]
        looked_at = [first if self.mistake.get("found_by_read") else now for _, now, first in rows]
        fits = passing(filter_, looked_at, self.model.plates, self.model.places)
        fits = {id(row) for row in fits}
        found = [(each[0], each[1]) for each, row in zip(rows, looked_at) if id(row) in fits]
        found.sort(key=lambda each: (time_order(each[1])[1], self.id(each[0])))
        order = body.get("order") or ("relevance" if "plate_like" in filter_ else "time_desc")
        found.sort(key=lambda each: each[1].time, reverse=order != "time_asc")
        if order == "relevance":
            found.sort(key=lambda each: self.distance(body["filter"], each[1]))
        return self.mistake.get("rows", list)(found)

    def distance(self, filter_, row):
        return plate_distance(normalized(filter_["plate_like"]["text"]), row.plate, 4)

    def id(self, number):
        return f"{number:05}"

    def shown(self, number, row, filter_):
        shown = row.sent() | {"id": self.id(number), "attributes": row.attributes}
        shown |= {"plate": row.plate} if row.plate else {}
        if not row.plate:
            shown.pop("plate", None)
        if row.read:
            shown["plate_read"] = row.sent()["plate"]
        if row.place:
            shown["location"] = {"lon": row.place[0], "lat": row.place[1]}
        if filter_ and "plate_like" in filter_:
            distance = self.distance(filter_, row)
            shown["match"] = {"differences": distance, "probability": 1 / (1 + distance)}
        return self.mistake.get("shown", dict)(shown)


class NoArrivals:
    sent = 0

    def take(self):
        return []


def small_city(dice):
    cameras = [
        {"id": f"C{number}", "location": {"lon": number * 0.01, "lat": 0.001 * number}}
        for number in range(8)
    ]
    plates = ["".join(dice.choice("ABC123") for _ in range(dice.randint(3, 7))) for _ in range(60)]
    lines = []
    for number in range(ROWS):
        sighting = {
            "source_id": f"s{number}",
            "camera_id": dice.choice(cameras)["id"],
            "time": 1_700_000_000_000 + dice.randrange(300) * 60_000,
            "speed_kmh": dice.randrange(1000) / 10,
            "attributes": {
                "color": dice.choice(["red", "gray", "blue"]),
                "brand": dice.choice(["Audi", "BYD"]),
                "sticker": dice.choice([True, False]),
                "seats": dice.choice([2, 5, 5.5]),
            },
        }
        if dice.random() < 0.9:
            sighting["plate"] = dice.choice(plates)
        if dice.random() < 0.5:
            sighting["location"] = {"lon": dice.random() * 0.08, "lat": dice.random() * 0.02}
        lines.append(json.dumps(sighting).encode())
    return cameras, lines


class WrongAnswers(unittest.TestCase):
    def ask(self, mistake):
        dice = random.Random(SEED)
        cameras, lines = small_city(dice)
        model = Model(cameras, lines)
        stand_in = StandIn(cameras, lines, mistake)
        answers = Answers(self, stand_in, model, dice, NoArrivals())
        drawn = FilterDice(model, dice, answers.corrected)
        for filter_ in drawn.filters(QUESTIONS):
            answers.check(drawn.question(filter_))
        return answers

    def test_right_answers_pass(self):
        answers = self.ask({})
        self.assertGreater(answers.rows, 10 * QUESTIONS)
        self.assertGreater(len(answers.corrected), QUESTIONS / 20)

    def test_each_mistake_is_found(self):
        for name, mistake in MISTAKES.items():
            with self.subTest(name), self.assertRaises(AssertionError):
                self.ask(mistake)


if __name__ == "__main__":
    unittest.main()

"""What both sides are asked: kinds of questions, made from rows that are there."""

import json
import math
import random
import urllib.parse
from collections import Counter
from datetime import datetime, timezone

from .filters import TRAJECTORY_SQL, rfc3339, search_sql

HOUR = 3_600_000
DAY = 24 * HOUR


def milliseconds(time):
    """A time of the API as milliseconds since 1970."""
    if isinstance(time, int):
        return time
    parsed = datetime.fromisoformat(time.replace("Z", "+00:00"))
    return round(parsed.astimezone(timezone.utc).timestamp() * 1000)


class City:
    """The rows that questions are made from."""

    def __init__(self, rows, cameras, span):
        self.cameras = {camera["id"]: camera for camera in cameras}
        by_bytes = sorted(self.cameras, key=str.encode)
        self.camera_numbers = {camera: number for number, camera in enumerate(by_bytes, 1)}
        self.span = span  # first midnight and the one behind the last row
        self.rows = rows
        self.read_rows = [row for row in rows if row.get("plate")]
        self.placed_rows = [row for row in rows if self.place(row)]
        self.values = Counter((name, value) for row in rows
                              for name, value in row.get("attributes", {}).items())

    def place(self, row):
        return row.get("location") or self.cameras[row["camera_id"]].get("location")

    def value_of_share(self, low, high):
        """Attribute values that so large a share of all rows bears."""
        return [value for value, count in self.values.items()
                if low <= count / len(self.rows) <= high]


class Suite:
    """Collects questions and the statements that they need, for sightline-peers-ask."""

    def __init__(self, city, count, seed=1):
        self.city = city
        self.count = count
        self.random = random.Random(seed)
        self.statements = {}
        self.questions = []

    def write(self, path):
        with open(path, "w", encoding="utf-8") as file:
            for sql, name in self.statements.items():
                file.write(json.dumps({"statement": name, "sql": sql}, ensure_ascii=False) + "\n")
            for question in self.questions:
                file.write(json.dumps(question, ensure_ascii=False) + "\n")

    def _statement(self, sql, name=None):
        return self.statements.setdefault(sql, name or f"s{len(self.statements)}")

    def search(self, kind, make, order="time_desc", page=1, compare="rows"):
        """`make` gives a filter; a None is a question that cannot be made of this city."""
        for _ in range(self.count):
            filter_ = make()
            if filter_ is None:
                return
            first, after, parameters = search_sql(filter_, order, self.city.camera_numbers)
            name = self._statement(first)
            if page == 2:
                self._statement(after, f"{name} after")
            body = {"filter": filter_, "limit": 100}
            if "plate_like" not in filter_:
                body["order"] = order
            self.questions.append({
                "kind": kind, "compare": compare, "page": page, "method": "POST",
                "target": "/v1/search/sightings", "body": json.dumps(body, ensure_ascii=False),
                "ask": name, "parameters": parameters})

    def trajectory(self, kind, plates, span, both=True):
        """Plates within a span of milliseconds; `both`: of PostgreSQL, too."""
        from_, to = map(rfc3339, span)
        for plate in plates[:self.count]:
            parameters = [plate, from_, to]
            query = urllib.parse.urlencode({"from": from_, "to": to})
            self.questions.append({
                "kind": kind, "compare": "rows", "page": 1, "method": "GET",
                "target": f"/v1/plates/{urllib.parse.quote(plate)}/trajectory?{query}", "body": "",
                "ask": self._statement(TRAJECTORY_SQL) if both else "", "parameters": parameters})

    # --- members of filters -----------------------------------------------------------------------

    def row(self):
        return self.random.choice(self.city.rows)

    def read_row(self):
        return self.random.choice(self.city.read_rows)

    def window(self, length_ms):
        """A window that holds some row."""
        start = milliseconds(self.row()["time"]) - self.random.randrange(length_ms)
        return {"from": rfc3339(start), "to": rfc3339(start + length_ms)}

    def camera_ids(self, count):
        return self.random.sample(sorted(self.city.cameras), min(count, len(self.city.cameras)))

    def place(self):
        return self.city.place(self.random.choice(self.city.placed_rows))

    def near(self, radius_m):
        return {**self.place(), "radius_m": radius_m}

    def polygon(self, radius_m):
        """A pentagon around some row's place."""
        place = self.place()
        lat = math.degrees(radius_m / 6_371_008.8)
        lon = lat / math.cos(math.radians(place["lat"]))
        corners = [[round(place["lon"] + lon * math.cos(angle), 6),
                    round(place["lat"] + lat * math.sin(angle), 6)]
                   for angle in (0.3 + 2 * math.pi * i / 5 for i in range(5))]
        return {"type": "Polygon", "coordinates": [corners + corners[:1]]}

    def attributes(self, *names):
        """The named attributes as some row bears them."""
        while True:
            there = self.row().get("attributes", {})
            if all(name in there for name in names):
                return {name: there[name] for name in names}

    def value(self, low, high):
        """A condition that a share of rows between `low` and `high` meets; None: there is none."""
        choices = self.city.value_of_share(low, high)
        return dict([self.random.choice(choices)]) if choices else None

    def infix(self):
        plate = self.read_row()["plate"]
        start = self.random.randrange(1, max(2, len(plate) - 4))
        return "*" + plate[start:start + 4] + "*"

    def unknown_places(self, count):
        plate = list(self.read_row()["plate"])
        for place in self.random.sample(range(1, len(plate)), min(count, len(plate) - 1)):
            plate[place] = "?"
        return "".join(plate)

    def misread(self):
        """A plate that is there, one of its characters changed."""
        plate = list(self.read_row()["plate"])
        place = self.random.randrange(1, len(plate))
        plate[place] = self.random.choice([c for c in "ABCDEFGHJK0123456789" if c != plate[place]])
        return "".join(plate)


def add_searches(suite):
    """The conditional searches: the first page of each kind, but where it says the second.

    The attributes are those of the simulator (type, brand, model, color)."""
    def rare():
        values = suite.value(0, 0.003)
        return values and {"attributes": values}

    def with_area(values):
        return {"attributes": values, "area": suite.polygon(2000), "time": suite.window(DAY)}

    suite.search("newest", dict)
    suite.search("plate", lambda: {"plate": suite.read_row()["plate"]})
    suite.search("plate, a week, oldest first", lambda: {
        "plate": suite.read_row()["plate"], "time": suite.window(7 * DAY)}, "time_asc")
    suite.search("plate prefix (4 of 7)", lambda: {"plate": suite.read_row()["plate"][:4] + "*"})
    suite.search("plate prefix (2 of 7), an hour", lambda: {
        "plate": suite.read_row()["plate"][:2] + "*", "time": suite.window(HOUR)})
    suite.search("wildcard with both ends", lambda: {
        "plate": (lambda plate: plate[:2] + "*" + plate[-3:])(suite.read_row()["plate"])})
    suite.search("wildcard, two places unknown", lambda: {"plate": suite.unknown_places(2)})
    suite.search("wildcard, four characters inside", lambda: {"plate": suite.infix()})
    suite.search("an hour", lambda: {"time": suite.window(HOUR)})
    suite.search("a day, oldest first", lambda: {"time": suite.window(DAY)}, "time_asc")
    suite.search("camera, a day", lambda: {
        "cameras": [suite.row()["camera_id"]], "time": suite.window(DAY)})
    suite.search("20 cameras, 6 hours, oldest first", lambda: {
        "cameras": suite.camera_ids(20), "time": suite.window(6 * HOUR)}, "time_asc")
    suite.search("20 cameras", lambda: {"cameras": suite.camera_ids(20)})
    suite.search("attribute", lambda: {"attributes": suite.attributes("color")})
    suite.search("attribute, second page", lambda: {"attributes": suite.attributes("color")}, page=2)
    suite.search("two attributes, a day", lambda: {
        "attributes": suite.attributes("color", "brand"), "time": suite.window(DAY)})
    suite.search("rare attribute", rare)
    suite.search("three attributes, rare together, oldest first", lambda: {
        "attributes": suite.attributes("brand", "model", "color")}, "time_asc")
    suite.search("attribute that nothing bears", lambda: {
        "attributes": {"color": f"no-{suite.random.randrange(1000)}"}})
    suite.search("attributes, lists of values, 3 hours", lambda: {
        "attributes": {name: sorted({suite.attributes(name)[name] for _ in range(3)})
                       for name in ("color", "brand")}, "time": suite.window(3 * HOUR)})
    suite.search("attribute, camera, a week", lambda: {
        "attributes": suite.attributes("brand"), "cameras": [suite.row()["camera_id"]],
        "time": suite.window(7 * DAY)})
    suite.search("near (800 m)", lambda: {"near": suite.near(800)})
    suite.search("near (800 m), an hour", lambda: {
        "near": suite.near(800), "time": suite.window(HOUR)})
    suite.search("area (2 km), a day, oldest first", lambda: {
        "area": suite.polygon(2000), "time": suite.window(DAY)}, "time_asc")
    suite.search("area, attribute, a day", lambda: with_area(suite.attributes("color")))
    suite.search("area, two attributes, plate prefix, a week", lambda: {
        "attributes": suite.attributes("type", "color"), "area": suite.polygon(2000),
        "plate": suite.read_row()["plate"][:2] + "*", "time": suite.window(7 * DAY)})
    suite.search("one wrong character", lambda: {
        "plate_like": {"text": suite.misread(), "max_distance": 1}}, compare="count")

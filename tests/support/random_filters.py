"""Random questions about a data set: every member of a filter, every pair, patterns at every place."""

import datetime
import itertools
import math

MEMBERS = ("time", "plate", "plate_like", "cameras", "area", "near", "attributes")


class FilterDice:
    """Draws filters that some rows of `model` are likely to pass. `dice`: a random.Random.

    `favourites`: rows that filters are drawn around more often than around others; may grow.
    """

    def __init__(self, model, dice, favourites=()):
        self.model = model
        self.dice = dice
        self.favourites = favourites
        self.plated = [row for row in model.rows if row.plate]
        self.placed = [row for row in model.rows if row.place]
        self.attributed = [row for row in model.rows if row.attributes]
        self.members = [
            name
            for name in MEMBERS
            if (name not in ("area", "near") or self.placed)
            and (name != "attributes" or self.attributed)
        ]

    def filters(self, count):
        """Each single member and each pair first, again and again, with larger sets in between."""
        sets = [(each,) for each in self.members]
        sets += list(itertools.combinations(self.members, 2))
        for number in range(count):
            chosen = sets[number % len(sets)]
            if number >= len(sets) and self.dice.random() < 0.3:
                chosen = self.dice.sample(self.members, self.dice.randint(3, len(self.members)))
            yield self.filter(chosen)

    def filter(self, members):
        favoured = self.favourites and self.dice.random() < 0.2
        around = self.dice.choice(self.favourites if favoured else self.model.rows)
        return {name: getattr(self, name)(around) for name in members}

    def question(self, filter_):
        """The body of a search: an order or none, a page size, sometimes an explanation."""
        orders = ["time_desc", "time_asc", None] + ["relevance"] * ("plate_like" in filter_)
        body = {"filter": filter_}
        if order := self.dice.choice(orders):
            body["order"] = order
        body["limit"] = self.dice.choice([1, 2, 3, 7, 10, 50, 100, 333, 1000, 10_000])
        if self.dice.random() < 0.2:
            body["explain"] = True
        return body

    def time(self, around):
        length = math.exp(self.dice.uniform(0, math.log(8 * 86_400_000)))
        begin = around.time - int(self.dice.random() * length)
        end = begin + int(length) + 1
        # Bounds that are the very time of a row show whether they belong to the interval.
        if self.dice.random() < 0.3:
            begin = around.time
            end = max(begin, end)
        elif self.dice.random() < 0.3:
            end = around.time
        interval = {"from": begin, "to": end}
        dropped = self.dice.random()
        if dropped < 0.1:
            del interval["from"]
        elif dropped < 0.2:
            del interval["to"]
        if "from" in interval and self.dice.random() < 0.3:
            zone = datetime.timezone(datetime.timedelta(hours=8))
            moment = datetime.datetime.fromtimestamp(0, zone) + datetime.timedelta(
                milliseconds=interval["from"]
            )
            interval["from"] = moment.isoformat(timespec="milliseconds")
        return interval

    def some_plate(self, around):
        while not around.plate:
            around = self.dice.choice(self.plated)
        return around.plate

    def plate(self, around):
        plate = self.some_plate(around)
        kind = self.dice.randrange(6)
        if kind == 0:
            return self.dressed(plate)
        if kind == 1:
            keep = self.dice.randint(1, len(plate))
            return self.dice.choice([plate[:keep] + "*", "*" + plate[-keep:]])
        pattern = []
        for letter in plate:
            drawn = self.dice.random()
            if drawn < 0.2:
                pattern.append("?")
            elif drawn < 0.35:
                pattern.append("*")
            elif drawn < 0.5 and kind == 2:
                pattern.append("\\" + letter)
            elif drawn < 0.6 and kind == 3:
                continue
            else:
                pattern.append(letter)
        if kind == 3:
            pattern.insert(self.dice.randint(0, len(pattern)), "*")
        return "".join(pattern) or "*"

    def dressed(self, plate):
        """As a person might write it: lower case, blanks and dashes."""
        cut = self.dice.randint(0, len(plate))
        dress = self.dice.choice(["", " ", "-", "·", "."])
        plate = plate[:cut] + dress + plate[cut:]
        return plate.lower() if self.dice.random() < 0.3 else plate

    def plate_like(self, around):
        text = list(self.some_plate(around))
        letters = self.some_plate(self.dice.choice(self.plated))
        for _ in range(self.dice.randrange(3)):
            place = self.dice.randrange(len(text)) if text else 0
            kind = self.dice.randrange(4)
            if kind == 0:
                text.insert(place, self.dice.choice(letters))
            elif text and kind == 1 and len(text) > 1:
                del text[place]
            elif text:
                text[place] = "?" if kind == 2 else self.dice.choice(letters)
        like = {"text": "".join(text)}
        if self.dice.random() < 0.8:
            like["max_distance"] = self.dice.choice([0, 1, 1, 1, 2, 2, 3])
        return like

    def cameras(self, around):
        most = min(len(self.model.cameras), self.dice.choice([1, 1, 3, 20]))
        cameras = self.dice.sample(self.model.cameras, most)
        return self.dice.choice([cameras, [*cameras, around.camera], [*cameras, "no such camera"]])

    def some_place(self, around):
        return around.place or self.dice.choice(self.placed).place

    def near(self, around):
        lon, lat = self.some_place(around)
        radius = math.exp(self.dice.uniform(math.log(20), math.log(40_000)))
        shift = radius / 111_000 * self.dice.uniform(0, 1.2)
        angle = self.dice.uniform(0, 2 * math.pi)
        return {
            "lon": lon + shift * math.cos(angle),
            "lat": lat + shift * math.sin(angle),
            "radius_m": radius,
        }

    def area(self, around):
        if self.dice.random() < 0.7:
            return {"type": "Polygon", "coordinates": self.polygon(self.some_place(around))}
        others = [self.dice.choice(self.placed).place for _ in range(self.dice.randint(1, 3))]
        return {"type": "MultiPolygon", "coordinates": [self.polygon(place) for place in others]}

    def polygon(self, place):
        center = [each + self.dice.uniform(-0.01, 0.01) for each in place]
        size = math.exp(self.dice.uniform(math.log(0.002), math.log(0.4)))
        rings = [self.ring(center, size * 0.5, size)]
        if self.dice.random() < 0.3:
            rings.append(self.ring(center, size * 0.1, size * 0.3))
        return rings

    def ring(self, center, least, most):
        corners = self.dice.randint(3, 9)
        angles = sorted(self.dice.uniform(0, 2 * math.pi) for _ in range(corners))
        # A star about its centre never crosses itself; a gap of half a turn would leave it outside.
        angles = [2 * math.pi * i / corners + angle / corners for i, angle in enumerate(angles)]
        ring = [
            [center[0] + size * math.cos(angle), center[1] + size * math.sin(angle)]
            for angle in sorted(angles)
            for size in [self.dice.uniform(least, most)]
        ]
        return [*ring, ring[0]]

    def attributes(self, around):
        while not around.attributes:
            around = self.dice.choice(self.attributed)
        own = around.attributes
        names = self.dice.sample(sorted(own), min(len(own), self.dice.choice([1, 1, 2, 3])))
        wanted = {name: own[name] for name in names}
        for name in names:
            if self.dice.random() < 0.3:
                other = self.dice.choice(self.attributed).attributes.get(name, "unheard of")
                wanted[name] = [wanted[name], other]
        if self.dice.random() < 0.05:
            wanted["no_such_attribute"] = True
        return wanted

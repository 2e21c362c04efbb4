"""A city of our own for plate_like, whose cameras err otherwise than the simulator's.

Other characters are confused, other shares are lost and inserted, cameras differ more, and plates
lie closer together: what the server was tuned to must not be what it is measured by.
"""

import json

BASE_MS = 1_709_510_400_000
SIDE = 8  # cameras on a square grid, 1 km apart
LON, LAT = 116.3, 39.9
STEP = 0.01
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "0123456789"

# Which way characters are misread here, most often first; some look alike, some do not.
CONFUSED = {
    "0": "OC6",
    "1": "7TL",
    "2": "Z7Q",
    "3": "8E9",
    "4": "A9Y",
    "5": "S69",
    "6": "G08",
    "7": "1TY",
    "8": "36S",
    "9": "4G3",
    "A": "4RH",
    "B": "EPR",
    "C": "GO0",
    "D": "PBO",
    "E": "FB3",
    "F": "EPT",
    "G": "C69",
    "H": "NMA",
    "J": "U3D",
    "K": "XRY",
    "L": "1CT",
    "M": "NWH",
    "N": "MHW",
    "P": "FDR",
    "Q": "O2G",
    "R": "KPB",
    "S": "58Z",
    "T": "71Y",
    "U": "VJO",
    "V": "UYW",
    "W": "VMN",
    "X": "KYV",
    "Y": "VT4",
    "Z": "27S",
    "京": "宁鲁皖",
    "津": "沪浙渝",
    "冀": "翼晋鲁",
}


class MisreadCity:
    """`cameras`: as the API takes them; `readings`: (sighting, true plate), in order of time."""

    def __init__(self, dice, vehicles=2500, days=3):
        self.dice = dice
        self.days = days
        self.plates = self.make_plates(vehicles)
        self.errors = [dice.choice([0.005, 0.02, 0.04, 0.12]) for _ in range(SIDE * SIDE)]
        # A camera favours one of the confusions of each character.
        self.leaning = [dice.randrange(3) for _ in range(SIDE * SIDE)]
        self.cameras = [
            {
                "id": f"M-{number:02}",
                "location": {
                    "lon": LON + number % SIDE * STEP,
                    "lat": LAT + number // SIDE * STEP,
                },
            }
            for number in range(SIDE * SIDE)
        ]
        self.readings = sorted(self.drive(), key=lambda reading: reading[0]["time"])
        for number, (sighting, _) in enumerate(self.readings):
            sighting["source_id"] = f"m{number}"

    def make_plates(self, count):
        """Every third plate is one or two characters from another."""
        plates = set()
        while len(plates) < count:
            if plates and self.dice.random() < 0.33:
                plate = list(self.dice.choice(sorted(plates)[-50:]))
                for _ in range(self.dice.choice([1, 1, 2])):
                    place = self.dice.randrange(2, len(plate))
                    plate[place] = self.dice.choice(LETTERS + DIGITS)
                plates.add("".join(plate))
            else:
                province = self.dice.choice("京京京京津冀")
                middle = self.dice.choice(LETTERS) + self.dice.choice(["", "", "D"])
                plates.add(province + middle + "".join(self.dice.choices(DIGITS + "ABKMW", k=5)))
        return sorted(plates)

    def drive(self):
        for plate in self.plates:
            for day in range(self.days):
                for _ in range(self.dice.choice([0, 1, 2, 2, 3])):
                    yield from self.trip(plate, day)

    def trip(self, plate, day):
        at = self.dice.randrange(SIDE), self.dice.randrange(SIDE)
        time = BASE_MS + int((day + self.dice.random()) * 86_400_000)
        for _ in range(self.dice.randint(4, 20)):
            yield self.reading(plate, at[1] * SIDE + at[0], time)
            ways = [(1, 0), (-1, 0), (0, 1), (0, -1)]
            near = [(at[0] + x, at[1] + y) for x, y in ways]
            at = self.dice.choice([each for each in near if 0 <= min(each) and max(each) < SIDE])
            time += self.dice.randrange(60_000, 240_000)

    def reading(self, plate, camera, time):
        wrong = self.dice.random() < self.errors[camera]
        read = self.misread(plate, camera) if wrong else plate
        sure = self.dice.betavariate(4, 2) if read != plate else self.dice.betavariate(8, 1.5)
        sighting = {
            "camera_id": self.cameras[camera]["id"],
            "time": time,
            "plate": read,
            "plate_confidence": round(sure, 3),
        }
        return sighting, plate

    def misread(self, plate, camera):
        text = list(plate)
        for _ in range(self.dice.choice([1, 1, 1, 1, 1, 1, 1, 2, 2, 3])):
            place = self.dice.randrange(len(text))
            kind = self.dice.random()
            if kind < 0.12 and len(text) > 4:
                text.pop(self.dice.choice([0, -1, place]))
            elif kind < 0.17:
                text.insert(self.dice.choice([1, len(text)]), self.dice.choice("1IL7"))
            elif self.dice.random() < 0.25:
                text[place] = self.dice.choice(LETTERS + DIGITS)
            else:
                confused = CONFUSED.get(text[place], LETTERS)
                likely = confused[self.leaning[camera] % len(confused)]
                text[place] = likely if self.dice.random() < 0.7 else self.dice.choice(confused)
        return "".join(text)

    def lines(self):
        return [json.dumps(sighting).encode() + b"\n" for sighting, _ in self.readings]

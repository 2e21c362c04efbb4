"""The plain rules for companions: what is near, counted."""

import bisect
import collections
import statistics


class PlainRules:
    """`passes`: (camera, ms, plate) of all readings."""

    def __init__(self, passes):
        self.by_camera = collections.defaultdict(list)
        self.by_plate = collections.defaultdict(list)
        for camera, ms, plate in passes:
            self.by_camera[camera].append((ms, plate))
            self.by_plate[plate].append((camera, ms))
        for each in self.by_camera.values():
            each.sort()

    def near(self, plate, within_s):
        """By other plate: [(camera, gap in ms)] of its readings near this one's."""
        met = collections.defaultdict(list)
        for camera, ms in self.by_plate[plate]:
            row = self.by_camera[camera]
            at = bisect.bisect_left(row, (ms - within_s * 1000, ""))
            while at < len(row) and row[at][0] <= ms + within_s * 1000:
                if row[at][1] != plate:
                    met[row[at][1]].append((camera, abs(row[at][0] - ms)))
                at += 1
        return met

    def by_count(self, plate, within_s):
        """[(other plate, cameras)], the most cameras first; of equals the more and nearer meetings."""
        met = self.near(plate, within_s)
        ranked = sorted(met, key=lambda other: (
            -len({camera for camera, _ in met[other]}), -len(met[other]),
            statistics.median(gap for _, gap in met[other]), other))
        return [(other, len({camera for camera, _ in met[other]})) for other in ranked]

    def by_share(self, plate, within_s):
        """[(other plate, share)] of both plates' readings that were made together."""
        met = self.near(plate, within_s)
        own = len(self.by_plate[plate])
        shares = {other: len(met[other]) / max(1, own + len(self.by_plate[other]) - len(met[other]))
                  for other in met if len({camera for camera, _ in met[other]}) > 1}
        return sorted(shares.items(), key=lambda each: (-each[1], each[0]))

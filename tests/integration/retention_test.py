"""A day past its retention is gone whole: directory, plates, every trace in the files."""

import datetime
import time
import unittest

from sightline_server import Server

ONCE = "GONE4EVER"
DAYS = 30


def day(days_ago):
    return (datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days_ago)).date()


def sightings(date, plate, count):
    return [
        {
            "source_id": f"{plate}-{date}-{number}",
            "camera_id": "K-1",
            "plate": plate,
            "time": f"{date}T12:{number // 60:02}:{number % 60:02}Z",
        }
        for number in range(count)
    ]


class Retention(unittest.TestCase):
    def test_old_days_leave_nothing_behind(self):
        old, recent = day(DAYS + 2), day(3)
        server = self.enterContext(Server())
        connection = server.connect()
        self.addCleanup(connection.close)
        connection.post("/v1/cameras", {"id": "K-1", "location": {"lon": 1, "lat": 2}})
        for batch in [
            sightings(old, ONCE, 500),
            sightings(recent, "STAYS", 500),
            sightings(old, "STAYS", 100),
        ]:
            self.assertEqual(connection.post_sightings(batch).json()["accepted"], len(batch))
        self.assertNotEqual(self.files_with(server, ONCE), [])
        as_of = connection.get("/v1/status").json()["as_of"]

        connection.close()
        self.assertEqual(server.stop(), 0)
        server.options += ["--retention-days", str(DAYS)]
        server.start()

        self.wait_for_retention(server)
        status = connection.get("/v1/status").json()
        self.assertEqual(status["retention"], {"enabled": True, "days": DAYS})
        self.assertEqual(status["counts"]["sightings"], 500)
        self.assertEqual(len(connection.stream({"filter": {}})), 500)
        self.assertEqual(len(connection.stream({"filter": {}, "as_of": as_of})), 500)
        plates = connection.get("/v1/plates").json()["plates"]
        self.assertEqual([(each["plate"], each["count"]) for each in plates], [("STAYS", 500)])
        self.assertEqual(
            [each.name for each in (server.data / "days").iterdir()], [recent.isoformat()]
        )

        connection.close()
        self.assertEqual(server.stop(), 0)
        self.assertEqual(self.files_with(server, ONCE), [])

        # And it stays gone.
        server.start()
        self.assertEqual(connection.get("/v1/status").json()["counts"]["sightings"], 500)

    def wait_for_retention(self, server):
        """It is applied in the background, at once after the start."""
        began = time.monotonic()
        while "retention.deleted" not in server.log_text():
            self.assertLess(time.monotonic() - began, 60, "nothing was deleted")
            time.sleep(0.01)

    def files_with(self, server, plate):
        return [
            path.relative_to(server.data).as_posix()
            for path in server.data.rglob("*")
            if path.is_file() and plate.encode() in path.read_bytes()
        ]


if __name__ == "__main__":
    unittest.main()

"""scripts/demo on a simulated city: starts, imports, answers, stops; running it again is safe."""

import json
import os
import pathlib
import re
import select
import signal
import subprocess
import tempfile
import unittest

from sightline_server import BIN, REPOSITORY, environment


class Demo(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.data = self.directory / "demo data"
        self.no_real_data = self.directory / "empty"
        self.no_real_data.mkdir()

    def run_demo(self, *arguments):
        run = subprocess.run(
            [REPOSITORY / "scripts/demo", "--bin", BIN, "--data", self.data, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            env=environment()
            | {
                "SIGHTLINE_TEST_DATA": str(self.no_real_data),
                "XDG_STATE_HOME": str(self.directory),
            },
        )
        self.assertEqual(run.returncode, 0, run.stdout)
        return run.stdout

    def sent(self):
        return [
            json.loads(line)
            for line in (self.data / "city/sightings.ndjson").open(encoding="utf-8")
        ]

    def check_answers(self, output):
        token = (self.data / "token").read_text().strip()
        for text in [
            "$ sightline search --plate ",
            "$ sightline trajectory",
            "$ sightline plates --match",
            token,
            re.search(r"http://127\.0\.0\.1:\d+", output)[0] + "/openapi.json",
        ]:
            self.assertIn(text, output)
        plate = re.search(r"\$ sightline trajectory (\S+)", output)[1]
        times = sum(each.get("plate") == plate for each in self.sent())
        self.assertGreater(times, 3)
        fitting = self.answer(output, "plates --match")
        self.assertIn(str(times), next(row for row in fitting if row.startswith(plate)).split())
        # What somebody noted wrongly means this plate, which comes first.
        self.assertNotIn(f"--like {plate} ", output)
        self.assertTrue(self.answer(output, "plates --like")[1].startswith(plate), output)
        noted = re.search(r"\$ sightline plates --like (\S+)", output)[1]
        readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
        self.assertIn(f'"plate_like": {{"text": "{noted}"', readme)  # the same example
        self.assertIn(f'"plate": "{plate}"', readme)
        found = self.answer(output, "search --plate-like")
        self.assertGreater(sum(" 0" == row[-2:] for row in found), 0)  # as it is
        self.assertGreater(sum(" 1" == row[-2:] for row in found), 0)  # and misread
        explained = self.answer(output, "search --attribute")
        self.assertIn("considered", "".join(explained))
        rows = [row for row in explained if "type=sedan" in row]
        self.assertEqual(len(rows), 5)
        self.assertTrue(all("color=black" in row or "color=gray" in row for row in rows))

    def answer(self, output, command):
        """The lines that a command printed."""
        section = output.split(f"$ sightline {command}")[1].split("\n== ")[0]
        return [line for line in section.splitlines()[1:] if line and "There is more" not in line]

    def test_once_and_again(self):
        first = self.run_demo("--exit")
        self.check_answers(first)
        count = f"{len(self.sent()):,}"
        self.assertRegex(first, rf"(?i)accepted:?\s+{count}|{count}\s+accepted")
        again = self.run_demo("--exit")
        self.check_answers(again)
        self.assertRegex(again, rf"(?i)duplicates?:?\s+{count}|{count}\s+duplicates")
        self.assertFalse((self.data / "server.pid").exists())

    def test_in_the_background(self):
        output = self.run_demo("--background")
        self.check_answers(output)
        process = int((self.data / "server.pid").read_text())
        try:
            again = self.run_demo("--background")
            self.assertIn(f"still runs (process {process})", again)
            self.check_answers(again)
        finally:
            ended = os.pidfd_open(process)
            self.addCleanup(os.close, ended)
            os.kill(process, signal.SIGTERM)
            self.assertTrue(select.select([ended], [], [], 30)[0], "the server did not stop")


if __name__ == "__main__":
    unittest.main()

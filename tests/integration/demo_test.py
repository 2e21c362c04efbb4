"""scripts/demo on made-up data: starts, imports, answers, stops; running it again is safe."""

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
            "$ sightline search",
            "$ sightline trajectory",
            "$ sightline plates",
            token,
            re.search(r"http://127\.0\.0\.1:\d+", output)[0] + "/openapi.json",
        ]:
            self.assertIn(text, output)
        followed = [each for each in self.sent() if each.get("plate") == "粤BD6A88"]
        question, answer = output.split("$ sightline plates")[1].split("\n", 1)
        row = re.search(r"粤BD6A88.*", answer)[0]
        self.assertIn(str(len(followed)), row.split())

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

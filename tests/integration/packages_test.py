"""scripts/install-packages asks for Node only where there is none that builds the console."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from sightline_server import REPOSITORY

SCRIPT = REPOSITORY / "scripts/install-packages"
TOOLS = ("bash", "sed", "grep", "dirname", "env", "cat")


class Packages(unittest.TestCase):
    def wanted(self, **programs):
        """What would be installed on a machine with these programs, where dpkg knows of nothing."""
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for tool in TOOLS:
            source = next(
                path for path in ("/usr/bin", "/bin") if os.path.exists(f"{path}/{tool}")
            )
            (directory / tool).symlink_to(f"{source}/{tool}")
        for name, output in {"dpkg-query": "", **programs}.items():
            program = directory / name
            program.write_text(f"#!/bin/bash\necho '{output}'\n")
            program.chmod(0o755)
        run = subprocess.run(
            [SCRIPT, "--dry-run"],
            env={"PATH": str(directory)},
            capture_output=True,
            text=True,
            check=True,
        )
        return set(run.stdout.split())

    def test_a_bare_machine_gets_debians_node(self):
        self.assertLessEqual({"nodejs", "npm", "g++", "chromium"}, self.wanted())

    def test_a_node_of_its_own_is_left_alone(self):
        for version in ("v18.20.4", "v20.20.2", "v22.1.0"):
            with self.subTest(version=version):
                wanted = self.wanted(node=version, npm="10.8.2")
                self.assertFalse({"nodejs", "npm"} & wanted)
                self.assertIn("g++", wanted)

    def test_one_that_is_too_old_does_not_count(self):
        self.assertLessEqual({"nodejs", "npm"}, self.wanted(node="v16.20.2", npm="8.19.4"))

    def test_nor_does_one_without_npm(self):
        self.assertLessEqual({"nodejs", "npm"}, self.wanted(node="v20.20.2"))

    def test_nothing_is_asked_for_where_all_is_there(self):
        self.assertEqual(self.wanted(**{"dpkg-query": "install ok installed"}), set())


if __name__ == "__main__":
    unittest.main()

"""The documentation points at things that exist: files, headings, and options of the server."""

import re
import subprocess
import unittest

from sightline_server import BIN, REPOSITORY, environment

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])


def anchors(page):
    """The anchors that GitHub makes of a page's headings."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


class Docs(unittest.TestCase):
    def test_links_lead_somewhere(self):
        self.assertGreater(len(PAGES), 8)
        for page in PAGES:
            for target in LINK.findall(page.read_text(encoding="utf-8")):
                if re.match(r"[a-z]+:", target):
                    continue
                path, _, anchor = target.partition("#")
                with self.subTest(page=str(page.relative_to(REPOSITORY)), target=target):
                    file = (page.parent / path).resolve() if path else page
                    self.assertTrue(file.exists())
                    if anchor and file.suffix == ".md":
                        self.assertIn(anchor, anchors(file))

    def test_every_decision_is_listed(self):
        folder = REPOSITORY / "docs/decisions"
        listed = set(LINK.findall((folder / "README.md").read_text(encoding="utf-8")))
        for page in folder.glob("[0-9]*.md"):
            self.assertIn(page.name, listed)

    def test_options_in_examples_exist(self):
        printed = subprocess.run(
            [BIN / "sightline-server", "--print-config"],
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        options = set(re.findall(r"^(\w+) = ", printed, re.MULTILINE))
        text = (REPOSITORY / "docs/operations.md").read_text(encoding="utf-8")
        for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL):
            for name in re.findall(r"^(\w+) = ", block, re.MULTILINE):
                self.assertIn(name, options)
        for name in re.findall(
            r"`((?:max|query|header|body|write|keepalive|shutdown|retention|io|"
            r"background|admin|tls|log|allow|block|memtable|inbox|seal|plate_learning|plate_reading)_\w+)",
            text,
        ):
            self.assertIn(name, options)


if __name__ == "__main__":
    unittest.main()

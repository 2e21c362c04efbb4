"""Where the real data lies that some tests read. It is not part of this repository."""

import os
import pathlib
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def folder(name):
    """The folder of one data set. Ends the test where it is absent: skipped, or failed in CI."""
    root = os.environ.get("SIGHTLINE_TEST_DATA")
    path = (pathlib.Path(root) if root else REPOSITORY.parent / "shared/data") / name
    if path.is_dir():
        return path
    print(f"no real data at {path} (set SIGHTLINE_TEST_DATA to the folder that holds {name}/)")
    sys.exit(1 if os.environ.get("CI") == "true" else SKIPPED)

"""The programs of others that the benchmark stands on."""

import os
import shutil
import subprocess
from pathlib import Path

# A package is there when this file is, or this program is on the path.
PRESENT = {
    "libpq-dev": Path("/usr/include/postgresql/libpq-fe.h"),
    "postgresql-15": Path("/usr/lib/postgresql/15/bin/initdb"),
    "postgresql-15-postgis-3": Path("/usr/share/postgresql/15/extension/postgis.control"),
    "nodejs": "node",
    "npm": "npm",
}


def _present(package):
    sign = PRESENT[package]
    return sign.exists() if isinstance(sign, Path) else shutil.which(sign) is not None


def require(install):
    """Installs what is missing, or ends with the command that would."""
    missing = [package for package in PRESENT if not _present(package)]
    if not missing:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if not install:
        raise SystemExit(f"needed: {' '.join(command)}, or --install")
    # The package would start a cluster of its own, which nobody needs here.
    settings = Path("/etc/postgresql-common/createcluster.conf")
    if not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("create_main_cluster = false\n")
    subprocess.run(["apt-get", "update"], check=True)
    subprocess.run(command, check=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})

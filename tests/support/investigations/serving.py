"""A server on a copy of a city, so that what one run judges is not there in the next."""

import shutil

from sightline_server import Server

# No step asks by appearance over whole days; graphs would cost the machine all the same.
NO_GRAPHS = ("--graph-vectors", 1_000_000_000)


class CityServer(Server):
    def __init__(self, data=None, options=()):
        super().__init__((*NO_GRAPHS, *options))
        if data:
            shutil.copytree(data, self.data)

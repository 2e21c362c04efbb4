"""Sightline measured beside its peers: what bench/peers/run is made of."""

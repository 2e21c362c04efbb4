-- Duplicates are refused as Sightline refuses them; the same index serves cameras within a time.
CREATE UNIQUE INDEX sighting_identity ON sighting (camera, time, source_id);
CREATE INDEX sighting_plate ON sighting (plate, time);
CREATE INDEX sighting_time ON sighting (time);
CREATE INDEX sighting_attributes ON sighting USING gin (attributes jsonb_path_ops);
CREATE INDEX sighting_location ON sighting USING gist (location);
CREATE INDEX sighting_plate_trigrams ON sighting USING gin (plate gin_trgm_ops);

-- Sightings as PostgreSQL would best keep them for the questions of questions.py. One table, not one
-- a day: every question finds its rows by one descent of one index, however many days it covers.
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;

DROP TABLE IF EXISTS sighting, camera;

-- Numbered in byte order of id, so that a number stands for the id in rows and in ORDER BY.
CREATE TABLE camera (
  number integer PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE,
  location geometry(Point, 4326)
);

CREATE TABLE sighting (
  time timestamptz NOT NULL,
  camera integer NOT NULL,
  lane smallint,
  plate_confidence real,
  speed_kmh real,
  location geometry(Point, 4326),
  source_id text COLLATE "C",
  plate text COLLATE "C",
  plate_read text COLLATE "C",  -- NULL where it is the plate
  plate_color text COLLATE "C",
  image text COLLATE "C",
  attributes jsonb NOT NULL,
  vehicle bytea
);

-- Planner statistics on which attributes are how frequent.
ALTER TABLE sighting ALTER COLUMN attributes SET STATISTICS 1000;
ALTER TABLE sighting ALTER COLUMN plate SET STATISTICS 1000;

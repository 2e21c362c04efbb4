// WGS 84 to GCJ-02 and back: the shift of maps published in mainland China, as it is known from the
// published reimplementations of the algorithm (for example eviltransform). Positions are stored and
// asked for in WGS 84; only what is drawn over tiles in GCJ-02 is shifted.

export type LonLat = [lon: number, lat: number];

// Krasovsky 1940, in metres, and its squared eccentricity, as the algorithm has them.
const kSemiMajorM = 6378245;
const kEccentricity2 = 0.006693421622965943;

/** The algorithm's own bounds: a rectangle that holds the mainland, beyond which nothing moves. */
export function isShifted(lon: number, lat: number): boolean {
  return lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;
}

function wave(value: number): number {
  return 20 * Math.sin(6 * value * Math.PI) + 20 * Math.sin(2 * value * Math.PI);
}

function offsetOf(lon: number, lat: number): LonLat {
  const x = lon - 105;
  const y = lat - 35;
  const root = Math.sqrt(Math.abs(x));
  const north =
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * root +
    ((wave(x) +
      20 * Math.sin(y * Math.PI) +
      40 * Math.sin((y / 3) * Math.PI) +
      160 * Math.sin((y / 12) * Math.PI) +
      320 * Math.sin((y / 30) * Math.PI)) *
      2) /
      3;
  const east =
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * root +
    ((wave(x) +
      20 * Math.sin(x * Math.PI) +
      40 * Math.sin((x / 3) * Math.PI) +
      150 * Math.sin((x / 12) * Math.PI) +
      300 * Math.sin((x / 30) * Math.PI)) *
      2) /
      3;
  const phi = (lat / 180) * Math.PI;
  const magic = 1 - kEccentricity2 * Math.sin(phi) ** 2;
  const meridian = (kSemiMajorM * (1 - kEccentricity2)) / (magic * Math.sqrt(magic));
  const parallel = (kSemiMajorM / Math.sqrt(magic)) * Math.cos(phi);
  return [(east * 180) / (parallel * Math.PI), (north * 180) / (meridian * Math.PI)];
}

export function toGcj02(lon: number, lat: number): LonLat {
  if (!isShifted(lon, lat)) return [lon, lat];
  const [east, north] = offsetOf(lon, lat);
  return [lon + east, lat + north];
}

/** The inverse by iteration: exact to far below a millimetre after a few steps. */
export function fromGcj02(lon: number, lat: number): LonLat {
  if (!isShifted(lon, lat)) return [lon, lat];
  let guess: LonLat = [lon, lat];
  for (let step = 0; step < 12; ++step) {
    const [east, north] = offsetOf(guess[0], guess[1]);
    guess = [lon - east, lat - north];
  }
  return guess;
}

// What the tests' server holds: real taxis of the Bay Area where they are at hand, and a simulated
// city of which the truth is known.

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { Server } from './server';

/** True facts of the simulated city, for tests to look for. */
export interface City {
  /** The first day in Asia/Shanghai, at midnight, and the end of the last one. */
  from: string;
  to: string;
  /** A plate that one vehicle bears, seen often; and the places of its camera readings in time. */
  plate: string;
  readings: number;
  /** Plates on several vehicles. */
  clones: { plate: string; genuine: number; clones: number[] }[];
  /** Plates of vehicles that travel together, in driving order. */
  convoys: string[][];
  cameras: number;
}

/** Real data: 48 hours of taxis. */
export interface Cabs {
  plate: string;
  from: string;
  to: string;
}

const kCity = [
  ...['--vehicles', '400', '--cameras', '80', '--days', '4', '--seed', '2'],
  ...['--clones', '0.015', '--convoy-vehicles', '0.03', '--no-gzip'],
];

export async function loadCity(server: Server): Promise<City> {
  const folder = join(server.directory, 'city');
  await server.command('simulate', ...kCity, '--out', folder);
  await server.command('cameras', 'import', join(folder, 'cameras.ndjson'));
  await server.command('import', join(folder, 'sightings.ndjson'));
  return factsOf(join(folder, 'truth.ndjson'));
}

interface Truth {
  record: string;
  vehicle?: number;
  plate?: string;
  kind?: string;
  convoy?: number;
  clone_of?: number;
  genuine?: number;
  clones?: { vehicle: number }[];
  vehicles?: number[];
}

function factsOf(file: string): City {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const truth = lines.map((line) => JSON.parse(line) as Truth);
  const of = (record: string) => truth.filter((each) => each.record === record);
  const plates = new Map(of('vehicle').map((each) => [each.vehicle, each.plate ?? '']));
  const clones = of('clone').map((each) => ({
    plate: each.plate ?? '',
    genuine: each.genuine ?? -1,
    clones: (each.clones ?? []).map((clone) => clone.vehicle),
  }));
  const isCloned = new Set(clones.map((each) => each.plate));
  const times = new Map<string, number>();
  for (const each of of('reading')) {
    const plate = each.plate ?? '';
    times.set(plate, (times.get(plate) ?? 0) + 1);
  }
  const [plate, readings] = of('vehicle')
    .filter((each) => each.kind === 'commuter' && !isCloned.has(each.plate ?? ''))
    .map((each) => [each.plate ?? '', times.get(each.plate ?? '') ?? 0] as const)
    .reduce((most, each) => (each[1] > most[1] ? each : most));
  return {
    from: '2024-03-04T00:00:00+08:00',
    to: '2024-03-08T00:00:00+08:00',
    plate,
    readings,
    clones,
    convoys: of('convoy').map((each) =>
      (each.vehicles ?? []).map((vehicle) => plates.get(vehicle) ?? ''),
    ),
    cameras: of('camera').length,
  };
}

/** Null where the real data are not at hand, which fails a test under CI. */
export async function loadCabs(server: Server): Promise<Cabs | null> {
  const root = resolve(process.env['SIGHTLINE_TEST_DATA'] ?? '../../shared/data', 'bay-area-cabs');
  if (!existsSync(root)) {
    if (process.env['CI'] === 'true') throw new Error(`there is no real data at ${root}`);
    return null;
  }
  await server.command('cameras', 'import', join(root, 'cameras.ndjson'));
  await server.command('import', join(root, 'sightings.ndjson.gz'));
  return { plate: 'ISEKDYP', from: '2008-05-27T00:00:00-07:00', to: '2008-05-30T00:00:00-07:00' };
}

// The trajectories of a replay: one question a plate, asked again when the window changes.

import { Asked } from '../../api/asked.svelte';
import { getTrajectory, type TrajectoryWindow } from '../../api/trajectory';
import { markOf, type MarkShape } from '../../map/types';
import { trackOf, type Track } from './track';

export const kMostPlates = 6;

export interface Vehicle {
  plate: string;
  color: string;
  shape: MarkShape;
  dashed: boolean;
  asked: Asked<Track>;
}

export class Vehicles {
  all = $state.raw<Vehicle[]>([]);
  /** Those that have been loaded and hold a reading, in the order of `all`. */
  readonly loaded = $derived(
    this.all.flatMap((vehicle) => {
      const track = vehicle.asked.data;
      return track === undefined || track.readings.length === 0 ? [] : [{ ...vehicle, track }];
    }),
  );
  private window = '';

  /** Keeps what has been loaded, and its colour, as far as it is still asked for. */
  ask(plates: readonly string[], window: TrajectoryWindow): void {
    const key = JSON.stringify(window);
    const kept = key === this.window ? this.all.filter(({ plate }) => plates.includes(plate)) : [];
    for (const vehicle of this.all) if (!kept.includes(vehicle)) vehicle.asked.reset();
    this.window = key;
    const taken = kept.map(({ color }) => color);
    this.all = plates.slice(0, kMostPlates).map((plate) => {
      const known = kept.find((vehicle) => vehicle.plate === plate);
      if (known !== undefined) return known;
      const index = [0, 1, 2, 3, 4, 5].find((at) => !taken.includes(markOf(at).color)) ?? 0;
      const mark = markOf(index);
      taken.push(mark.color);
      const asked = new Asked<Track>();
      void asked.run(async (signal) => trackOf(await getTrajectory(plate, window, { signal })));
      return { plate, ...mark, dashed: index % 2 === 1, asked };
    });
  }

  drop(): void {
    for (const vehicle of this.all) vehicle.asked.reset();
    this.all = [];
  }
}

export type LoadedVehicle = Vehicle & { track: Track };

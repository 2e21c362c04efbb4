// The cameras, fetched once a session and shared by all views: names for ids, places for the map.

import { Asked } from './asked.svelte';
import { call } from './client';
import type { Camera } from './types';

interface CameraFeatures {
  features: {
    id: string;
    geometry: { coordinates: [number, number] } | null;
    properties: Omit<Camera, 'location'>;
  }[];
}

class Cameras {
  private readonly asked = new Asked<Camera[]>();
  readonly all = $derived<readonly Camera[]>(this.asked.data ?? []);
  readonly byId = $derived(new Map(this.all.map((camera) => [camera.id, camera])));

  get state() {
    return this.asked.state;
  }

  get error() {
    return this.asked.error;
  }

  /** Fetches them where that has not been done. */
  load(): void {
    if (this.asked.state === 'idle' || this.asked.state === 'failed') void this.reload();
  }

  reload(): Promise<unknown> {
    return this.asked.run(async (signal) => {
      const answer = await call<CameraFeatures>(
        { method: 'GET', path: '/v1/cameras' },
        { signal, quiet: true },
      );
      return answer.features.map(({ geometry, properties }) =>
        geometry === null
          ? properties
          : {
              ...properties,
              location: { lon: geometry.coordinates[0], lat: geometry.coordinates[1] },
            },
      );
    });
  }

  forget(): void {
    this.asked.reset();
  }

  /** What people call the camera: its name, else its id. */
  nameOf(id: string): string {
    return this.byId.get(id)?.name ?? id;
  }
}

export const cameras = new Cameras();

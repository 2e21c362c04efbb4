// Drawing an area on the map, by pointer or by keyboard: corners are set one by one.

import { distanceM } from './shapes';
import type { LonLat } from './gcj02';
import type { DrawnShape } from './types';

export class Drawing {
  corners = $state.raw<LonLat[]>([]);
  /** Where the pointer, or the cross of the keyboard, is: the shape's next corner. */
  next = $state.raw<LonLat | null>(null);

  constructor(readonly kind: DrawnShape['kind']) {}

  /** The shape once nothing is missing; a circle is whole with its second point. */
  add(at: LonLat): DrawnShape | null {
    const last = this.corners.at(-1);
    const isRepeated = last !== undefined && last[0] === at[0] && last[1] === at[1];
    if (isRepeated) return this.kind === 'polygon' ? this.finish() : null;
    this.corners = [...this.corners, at];
    return this.kind === 'circle' && this.corners.length === 2 ? this.finish() : null;
  }

  undo(): void {
    this.corners = this.corners.slice(0, -1);
  }

  get canFinish(): boolean {
    return this.corners.length >= (this.kind === 'polygon' ? 3 : 2);
  }

  finish(): DrawnShape | null {
    return this.canFinish ? shapeOf(this.kind, this.corners) : null;
  }

  /** What it would be with `next` as its last corner. */
  get preview(): DrawnShape | null {
    const corners = this.next === null ? this.corners : [...this.corners, this.next];
    return shapeOf(this.kind, corners);
  }
}

function shapeOf(kind: DrawnShape['kind'], corners: LonLat[]): DrawnShape | null {
  if (kind === 'polygon') {
    return corners.length < 3 ? null : { kind, ring: corners.map(rounded) };
  }
  const [center, edge] = corners;
  if (center === undefined || edge === undefined) return null;
  const [lon, lat] = rounded(center);
  const radius = Math.round(distanceM({ lon, lat }, { lon: edge[0], lat: edge[1] }));
  return { kind, lon, lat, radius_m: Math.max(1, radius) };
}

/** To 0.1 m, so that addresses stay short. */
function rounded([lon, lat]: LonLat): LonLat {
  return [Math.round(lon * 1e6) / 1e6, Math.round(lat * 1e6) / 1e6];
}

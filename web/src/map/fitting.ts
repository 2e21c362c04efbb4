// Keeps in view what the map was told to show: again when its frame changes, until a person moves it.

import type { Map as MapLibre } from 'maplibre-gl';

export type Bounds = [west: number, south: number, east: number, north: number];

// Of labels above marks, and of the tools in the map's corners.
const kPadding = { top: 60, right: 84, bottom: 60, left: 64 };
// A small map needs its room for what it shows.
const kMostPadding = 0.18;

export class Fitting {
  private bounds: Bounds | null = null;
  private isFirst = true;

  constructor(private readonly map: MapLibre) {
    map.on('movestart', ({ originalEvent }) => {
      if (originalEvent !== undefined) this.bounds = null;
    });
    map.on('resize', () => this.go(0));
  }

  show(bounds: Bounds): void {
    const isStill = this.isFirst || matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.isFirst = false;
    this.bounds = bounds;
    this.go(isStill ? 0 : 400);
  }

  private go(duration: number): void {
    if (this.bounds === null) return;
    const { clientWidth, clientHeight } = this.map.getContainer();
    const across = clientWidth * kMostPadding;
    const down = clientHeight * kMostPadding;
    this.map.fitBounds(this.bounds, {
      padding: {
        top: Math.min(kPadding.top, down),
        bottom: Math.min(kPadding.bottom, down),
        left: Math.min(kPadding.left, across),
        right: Math.min(kPadding.right, across),
      },
      maxZoom: 15,
      duration,
    });
  }
}

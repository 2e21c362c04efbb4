// The console's own sources and layers, lowest first: shapes, cameras, values, tracks, sightings,
// markers. Colours are literal here since a map's style knows no CSS variables.

import type { ExpressionSpecification, LayerSpecification, Map as MapLibre } from 'maplibre-gl';

export const sourceIds = [
  'shapes',
  'cameras',
  'values',
  'lines',
  'points',
  'sightings',
  'markers',
] as const;
export type SourceId = (typeof sourceIds)[number];

/** Layers whose features can be pointed at, the uppermost first. */
export const pickLayers = ['markers', 'sightings', 'points', 'values', 'cameras'] as const;

export function addLayers(map: MapLibre, isDark: boolean): void {
  for (const id of sourceIds) {
    map.addSource(id, {
      type: 'geojson',
      data: { type: 'FeatureCollection', features: [] },
      ...(id === 'shapes' ? {} : { tolerance: 0.1 }),
    });
  }
  for (const layer of layersOf(isDark)) map.addLayer(layer);
}

const kFont = ['Noto Sans Regular'];

function layersOf(isDark: boolean): LayerSpecification[] {
  const ink = isDark ? '#e7ecf2' : '#17212b';
  const halo = isDark ? '#0e1319' : '#ffffff';
  const accent = isDark ? '#78b8ff' : '#0b5cad';
  const camera = isDark ? '#8fa0b2' : '#5b6977';
  const isChosen: ExpressionSpecification = ['boolean', ['get', 'chosen'], false];
  const byCount = (small: number, large: number): ExpressionSpecification => [
    'interpolate',
    ['linear'],
    ['sqrt', ['get', 'share']],
    0,
    small,
    1,
    large,
  ];
  const text = (field: string, size: number) => ({
    'text-field': ['get', field] as ExpressionSpecification,
    'text-font': kFont,
    'text-size': size,
  });
  return [
    {
      id: 'shapes',
      type: 'fill',
      source: 'shapes',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': ['coalesce', ['get', 'color'], accent], 'fill-opacity': 0.12 },
    },
    {
      id: 'shape-lines',
      type: 'line',
      source: 'shapes',
      paint: {
        'line-color': ['coalesce', ['get', 'color'], accent],
        'line-width': 2,
        'line-dasharray': [3, 2],
      },
    },
    {
      id: 'shape-corners',
      type: 'circle',
      source: 'shapes',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 5,
        'circle-color': halo,
        'circle-stroke-color': accent,
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'cameras',
      type: 'circle',
      source: 'cameras',
      paint: {
        'circle-radius': [
          'interpolate',
          ['linear'],
          ['zoom'],
          8,
          ['case', isChosen, 4.5, 1.8],
          12,
          ['case', isChosen, 6, 3.2],
          16,
          ['case', isChosen, 9, 6.5],
        ],
        'circle-color': ['case', isChosen, accent, camera],
        'circle-opacity': ['case', isChosen, 1, 0.75],
        'circle-stroke-color': halo,
        'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 9, 0, 12, 1],
      },
    },
    {
      id: 'camera-names',
      type: 'symbol',
      source: 'cameras',
      minzoom: 13.5,
      layout: {
        ...text('name', 11),
        'text-offset': [0, 0.9],
        'text-anchor': 'top',
        'text-max-width': 12,
        'text-optional': true,
      },
      paint: { 'text-color': ink, 'text-halo-color': halo, 'text-halo-width': 1.5 },
    },
    {
      id: 'values',
      type: 'circle',
      source: 'values',
      layout: { 'circle-sort-key': ['-', ['get', 'share']] },
      paint: {
        // A whole city on a small map would be one blot.
        'circle-radius': [
          'interpolate',
          ['linear'],
          ['zoom'],
          9,
          byCount(2, 9),
          11.5,
          byCount(3, 17),
          13,
          byCount(4, 26),
        ],
        'circle-color': accent,
        'circle-opacity': 0.45,
        'circle-stroke-color': accent,
        'circle-stroke-width': ['case', isChosen, 3, 1],
      },
    },
    {
      id: 'value-labels',
      type: 'symbol',
      source: 'values',
      // From far away a number would hide the small circle that it is of.
      filter: ['>=', ['get', 'share'], ['step', ['zoom'], 0.04, 11, 0]],
      layout: { ...text('label', 11), 'symbol-sort-key': ['-', ['get', 'share']] },
      paint: { 'text-color': ink, 'text-halo-color': halo, 'text-halo-width': 1.5 },
    },
    ...lineLayers(halo),
    {
      id: 'points',
      type: 'symbol',
      source: 'points',
      layout: {
        'icon-image': ['get', 'mark'],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 9, 0.6, 14, 0.95],
        'icon-allow-overlap': true,
        ...text('label', 11),
        'text-anchor': 'left',
        'text-offset': [0.9, 0],
        'text-optional': true,
      },
      paint: { 'text-color': ink, 'text-halo-color': halo, 'text-halo-width': 1.5 },
    },
    {
      id: 'sightings',
      type: 'circle',
      source: 'sightings',
      layout: { 'circle-sort-key': ['case', isChosen, 1e9, ['-', ['get', 'count']]] },
      paint: {
        'circle-radius': ['+', byCount(5, 17), ['case', isChosen, 3, 0]],
        'circle-color': ['case', isChosen, isDark ? '#ffb454' : '#c2410c', accent],
        'circle-opacity': 0.85,
        'circle-stroke-color': halo,
        'circle-stroke-width': ['case', isChosen, 3, 1.5],
      },
    },
    {
      id: 'sighting-counts',
      type: 'symbol',
      source: 'sightings',
      filter: ['>', ['get', 'count'], 1],
      layout: { ...text('label', 11), 'symbol-sort-key': ['-', ['get', 'count']] },
      paint: { 'text-color': isDark ? '#06182b' : '#ffffff' },
    },
    {
      id: 'markers',
      type: 'symbol',
      source: 'markers',
      layout: {
        'icon-image': ['get', 'mark'],
        'icon-size': 1.3,
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        ...text('label', 13),
        'text-anchor': 'bottom',
        'text-offset': [0, -1.1],
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: { 'text-color': ink, 'text-halo-color': halo, 'text-halo-width': 2 },
    },
  ];
}

/** Tracks: a bright casing, the line itself, solid or dashed, and arrows along it. */
function lineLayers(halo: string): LayerSpecification[] {
  const color: ExpressionSpecification = ['get', 'color'];
  const layout = { 'line-join': 'round', 'line-cap': 'round' } as const;
  const line = { type: 'line', source: 'lines' } as const;
  return [
    {
      ...line,
      id: 'line-casing',
      layout,
      paint: { 'line-color': halo, 'line-width': 5.5, 'line-opacity': 0.7 },
    },
    {
      ...line,
      id: 'lines',
      filter: ['!', ['get', 'dashed']],
      layout,
      paint: { 'line-color': color, 'line-width': 3, 'line-opacity': 0.9 },
    },
    {
      ...line,
      id: 'dashed-lines',
      filter: ['get', 'dashed'],
      layout: { 'line-join': 'round' },
      paint: { 'line-color': color, 'line-width': 3, 'line-dasharray': [2, 1.5] },
    },
    {
      id: 'arrows',
      type: 'symbol',
      source: 'lines',
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 90,
        'icon-image': ['concat', 'arrow|', color],
        'icon-size': 0.55,
        'icon-allow-overlap': true,
        'icon-rotation-alignment': 'map',
      },
    },
  ];
}

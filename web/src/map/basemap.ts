// The style under everything: a plain ground, or the user's basemap by style URL or .pmtiles. No
// style names glyphs: labels are drawn with the computer's own fonts, so nothing is fetched.

import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { ConsoleConfig } from '../api/types';

export function plainStyle(isDark: boolean): StyleSpecification {
  return {
    version: 8,
    sources: {},
    layers: [
      {
        id: 'ground',
        type: 'background',
        paint: { 'background-color': isDark ? '#141a21' : '#e9edf1' },
      },
    ],
  };
}

/** What map.setStyle() takes. Throws where a .pmtiles cannot be read. */
export async function baseStyle(
  basemap: ConsoleConfig['basemap'],
  isDark: boolean,
): Promise<StyleSpecification | string> {
  if (basemap?.style_url) return new URL(basemap.style_url, location.href).href;
  if (basemap?.pmtiles_url) {
    const url = new URL(basemap.pmtiles_url, location.href).href;
    return pmtilesStyle(url, basemap.attribution ?? '', isDark);
  }
  return plainStyle(isDark);
}

let hasProtocol = false;

async function pmtilesStyle(
  url: string,
  attribution: string,
  isDark: boolean,
): Promise<StyleSpecification> {
  const { PMTiles, Protocol, TileType } = await import('pmtiles');
  const { addProtocol } = await import('maplibre-gl');
  if (!hasProtocol) {
    addProtocol('pmtiles', new Protocol().tile);
    hasProtocol = true;
  }
  const archive = new PMTiles(url);
  const header = await archive.getHeader();
  const style = plainStyle(isDark);
  if (header.tileType === TileType.Mvt) {
    style.sources['base'] = { type: 'vector', url: `pmtiles://${url}`, attribution };
    style.layers.push(...vectorLayers(namesOf(await archive.getMetadata()), isDark));
  } else {
    style.sources['base'] = { type: 'raster', url: `pmtiles://${url}`, tileSize: 256, attribution };
    style.layers.push({ id: 'base', type: 'raster', source: 'base' });
  }
  return style;
}

function namesOf(metadata: unknown): string[] {
  const layers = (metadata as { vector_layers?: unknown } | null)?.vector_layers;
  if (!Array.isArray(layers)) return [];
  return layers
    .map((layer) => (layer as { id?: unknown }).id)
    .filter((id): id is string => typeof id === 'string');
}

/**
 * Quiet layers for the names that the usual schemas have (Protomaps, OpenMapTiles, Shortbread):
 * ground first, then water, buildings, roads, borders.
 */
function vectorLayers(names: string[], isDark: boolean): LayerSpecification[] {
  const kinds: { is: RegExp; type: 'fill' | 'line'; color: [light: string, dark: string] }[] = [
    { is: /^(landuse|landcover|park|land)$/, type: 'fill', color: ['#e3eadf', '#182119'] },
    { is: /^(water|ocean|water_polygons)$/, type: 'fill', color: ['#cfdfec', '#10202e'] },
    { is: /^(waterway|water_lines)$/, type: 'line', color: ['#bcd2e4', '#16293a'] },
    { is: /^buildings?$/, type: 'fill', color: ['#dde1e6', '#1d252e'] },
    { is: /^(roads|transportation|streets)$/, type: 'line', color: ['#c3cad2', '#323d49'] },
    { is: /^(boundar(y|ies))$/, type: 'line', color: ['#a5afba', '#465462'] },
  ];
  return kinds.flatMap(({ is, type, color }) =>
    names
      .filter((name) => is.test(name))
      .map((name): LayerSpecification => {
        const common = { id: `base-${name}`, source: 'base', 'source-layer': name };
        const paint = color[isDark ? 1 : 0];
        if (type === 'line') {
          return {
            ...common,
            type,
            paint: {
              'line-color': paint,
              'line-width': ['interpolate', ['linear'], ['zoom'], 8, 0.6, 16, 4],
            },
          };
        }
        return {
          ...common,
          type,
          filter: ['==', ['geometry-type'], 'Polygon'],
          paint: { 'fill-color': paint },
        };
      }),
  );
}

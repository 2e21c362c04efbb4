// How the user wants the map, in all views alike.

import { consoleConfig } from '../api/config.svelte';
import type { Datum } from '../api/types';

class MapSettings {
  private chosenDatum = $state<Datum | null>(null);
  basemap = $state(true);

  readonly hasBasemap = $derived.by(() => {
    const basemap = consoleConfig().basemap;
    return Boolean(basemap?.style_url ?? basemap?.pmtiles_url);
  });
  readonly datum = $derived<Datum>(
    this.chosenDatum ?? consoleConfig().basemap?.datum ?? consoleConfig().datum ?? 'wgs84',
  );

  chooseDatum(datum: Datum): void {
    this.chosenDatum = datum;
  }
}

export const mapSettings = new MapSettings();

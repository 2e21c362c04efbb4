// The views of the rail, in its order. A view is a folder with a View.svelte: once it is there, it
// is in the rail, and loaded when somebody first goes to it.

import type { Component } from 'svelte';

/** Each has a title in locale/<language>/shell.ts (nav) and an icon in shell/icons.ts. */
const kOrder = [
  'search',
  'appearance',
  'replay',
  'habits',
  'companions',
  'clones',
  'common',
  'counts',
] as const;

export type ViewId = (typeof kOrder)[number];

const found = import.meta.glob<{ default: Component }>('./*/View.svelte');

export interface ViewEntry {
  id: ViewId;
  load: () => Promise<{ default: Component }>;
}

export const views: readonly ViewEntry[] = kOrder.flatMap((id) => {
  const load = found[`./${id}/View.svelte`];
  return load === undefined ? [] : [{ id, load }];
});

export function viewOf(id: string): ViewEntry | undefined {
  return views.find((view) => view.id === id);
}

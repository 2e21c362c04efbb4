// Where the user is: the path names the view, the query holds its whole state, so that an address
// can be shared and the back button works. The token is never part of it.

import type { Codec } from './codec';

/** '/console/', where the server keeps the console. */
export const base = import.meta.env.BASE_URL;

export interface Place {
  view: string;
  query: string;
}

export function placeOf(path: string, query: string): Place {
  const rest = path.startsWith(base) ? path.slice(base.length) : '';
  return { view: rest.split('/')[0] ?? '', query: query.replace(/^\?/, '') };
}

let place = $state.raw<Place>(placeOf(location.pathname, location.search));

window.addEventListener('popstate', () => {
  place = placeOf(location.pathname, location.search);
});

export function here(): Place {
  return place;
}

/** An address for a link: `href('replay', {plates: '京A12345'})`. Empty values are left out. */
export function href(
  view: string,
  parameters: URLSearchParams | Record<string, string | undefined> = {},
): string {
  let query: URLSearchParams;
  if (parameters instanceof URLSearchParams) {
    query = parameters;
  } else {
    query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined && value !== '') query.set(name, value);
    }
  }
  const text = readable(query);
  return base + view + (text === '' ? '' : `?${text}`);
}

export function go(address: string, options: { replace?: boolean } = {}): void {
  const url = new URL(address, location.href);
  if (url.pathname + url.search === location.pathname + location.search) return;
  if (options.replace === true) history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  place = placeOf(url.pathname, url.search);
}

/** For a click anywhere: links within the console change the place without a reload. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target !== '' || link.hasAttribute('download')) return;
  const url = new URL(link.href, location.href);
  if (url.origin !== location.origin || !url.pathname.startsWith(base)) return;
  event.preventDefault();
  go(link.href);
}

/**
 * The state of one view, read from and written to the query. Make it while the component is made:
 * `const search = new UrlState('search', searchCodec)`.
 */
export class UrlState<S> {
  private readonly decoded = $derived.by(() => {
    // Another view's query is not ours to read: the last state stays while this view goes.
    if (place.view === this.view) this.last = this.codec.decode(new URLSearchParams(place.query));
    return this.last as S;
  });
  private last: S | undefined;

  constructor(
    private readonly view: string,
    private readonly codec: Codec<S>,
  ) {
    this.last = codec.decode(new URLSearchParams(''));
  }

  get value(): S {
    return this.decoded;
  }

  /** `replace` for what nobody would go back to, such as the map's place or a step of a slider. */
  set(next: S, options: { replace?: boolean } = {}): void {
    go(this.hrefOf(next), options);
  }

  patch(change: Partial<S>, options: { replace?: boolean } = {}): void {
    this.set({ ...this.value, ...change }, options);
  }

  hrefOf(next: S): string {
    return href(this.view, this.codec.encode(next));
  }
}

/** Commas, colons and plates of other scripts stay as people read them; browsers encode the rest. */
function readable(query: URLSearchParams): string {
  return query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2A', '*');
}

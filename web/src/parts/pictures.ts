// Whether the picture that a sighting names may be shown here.

export type PicturePlace =
  /** May be fetched: its origin is one that the server's policy allows. */
  | { kind: 'shown'; url: string }
  /** Of another host, which is never asked by itself. */
  | { kind: 'elsewhere'; url: string; host: string }
  /** A name that only the sender can make something of. */
  | { kind: 'named'; name: string };

export function picturePlace(image: string, allowed: readonly string[], own: string): PicturePlace {
  let url: URL;
  try {
    url = new URL(image);
  } catch {
    return { kind: 'named', name: image };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { kind: 'named', name: image };
  return url.origin === own || allowed.includes(url.origin)
    ? { kind: 'shown', url: url.href }
    : { kind: 'elsewhere', url: url.href, host: url.host };
}

import type { Camera } from '../api/types';

/** Cameras whose id or name holds the text; those that begin with it first, then by id. */
export function camerasLike(all: readonly Camera[], text: string): Camera[] {
  const wanted = plain(text);
  if (wanted === '') return [];
  const rankOf = ({ id, name = '' }: Camera) => {
    const places = [plain(id).indexOf(wanted), plain(name).indexOf(wanted)].filter((at) => at >= 0);
    return places.length === 0 ? -1 : Math.min(...places) === 0 ? 0 : 1;
  };
  return all
    .map((camera) => ({ camera, rank: rankOf(camera) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank || (a.camera.id < b.camera.id ? -1 : 1))
    .map(({ camera }) => camera);
}

/** The one camera that is called just so. */
export function cameraCalled(all: readonly Camera[], text: string): Camera | null {
  const wanted = plain(text);
  const called = all.filter(({ id, name = '' }) => plain(id) === wanted || plain(name) === wanted);
  return called.length === 1 ? (called[0] as Camera) : null;
}

function plain(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}

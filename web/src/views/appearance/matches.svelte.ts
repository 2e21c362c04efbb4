// The answer to a search by looks, page by page, and the examples that it was asked with.

import { Asked } from '../../api/asked.svelte';
import { searchByAppearance } from '../../api/images';
import { getSighting } from '../../api/sightings';
import type { ImageAnswer, ImageMatch, ImageQuestion, Sighting } from '../../api/types';

export class Matches {
  readonly first = new Asked<ImageAnswer>();
  readonly more = new Asked<ImageAnswer>();
  rows = $state.raw<readonly ImageMatch[]>([]);
  /** As of the moment of the answer, for exports. */
  question = $state.raw<ImageQuestion | null>(null);
  private asked: ImageQuestion | null = null;
  private token = $state<string | undefined>(undefined);

  get hasMore(): boolean {
    return this.token !== undefined;
  }

  async ask(question: ImageQuestion): Promise<void> {
    this.more.reset();
    const answer = await this.first.run((signal) => searchByAppearance(question, { signal }));
    if (answer === undefined) return;
    this.rows = answer.matches;
    this.token = answer.next_page_token;
    this.asked = question;
    this.question = { ...question, as_of: answer.as_of };
  }

  async loadMore(): Promise<void> {
    const { token, asked } = this;
    if (token === undefined || asked === null || this.more.busy) return;
    const body: ImageQuestion = { ...asked, page_token: token };
    const answer = await this.more.run((signal) => searchByAppearance(body, { signal }));
    if (answer === undefined) return;
    this.rows = [...this.rows, ...answer.matches];
    this.token = answer.next_page_token;
  }

  reset(): void {
    this.first.reset();
    this.more.reset();
    this.rows = [];
    this.token = undefined;
    this.question = null;
  }
}

/** Sightings by id, each fetched once; those that an answer has brought are not fetched again. */
export class KnownSightings {
  private known = $state.raw<ReadonlyMap<string, Sighting>>(new Map());
  private readonly asked = new Map<string, Asked<Sighting>>();
  /** Ids that could not be fetched, with why. */
  failed = $state.raw<ReadonlyMap<string, unknown>>(new Map());

  get(id: string): Sighting | undefined {
    return this.known.get(id);
  }

  learn(sightings: readonly Sighting[]): void {
    const fresh = sightings.filter(({ id }) => !this.known.has(id));
    if (fresh.length === 0) return;
    this.known = new Map([...this.known, ...fresh.map((each) => [each.id, each] as const)]);
  }

  fetch(ids: readonly string[]): void {
    for (const id of ids) {
      if (this.known.has(id) || this.asked.has(id)) continue;
      const asked = new Asked<Sighting>();
      this.asked.set(id, asked);
      void asked
        .run((signal) => getSighting(id, { signal }))
        .then((sighting) => {
          if (sighting !== undefined) {
            this.learn([sighting]);
          } else {
            this.asked.delete(id);
            this.failed = new Map([...this.failed, [id, asked.error]]);
          }
        });
    }
  }

  drop(): void {
    for (const asked of this.asked.values()) asked.cancel();
    this.asked.clear();
  }
}

// The answer to a search, page by page, with how much there is of it in all.

import { Asked } from '../../api/asked.svelte';
import { countSightings } from '../../api/counts';
import { searchSightings } from '../../api/sightings';
import type { Filter, Order, SearchAnswer, SearchQuestion, Sighting } from '../../api/types';

const kPage = 200;

export interface Total {
  count: number;
  plates: number;
}

export class Results {
  readonly first = new Asked<SearchAnswer>();
  readonly more = new Asked<SearchAnswer>();
  readonly total = new Asked<Total>();
  /** How many sightings each camera has of the whole answer. */
  readonly byCamera = new Asked<Map<string, number>>();
  rows = $state.raw<readonly Sighting[]>([]);
  /** The question as it stands for exports: of the same moment as the answer. */
  question = $state.raw<SearchQuestion>({});
  private token = $state<string | undefined>(undefined);

  get hasMore(): boolean {
    return this.token !== undefined;
  }

  async ask(filter: Filter, order: Order | undefined): Promise<void> {
    this.more.reset();
    const question: SearchQuestion = { filter, ...(order === undefined ? {} : { order }) };
    const answer = await this.first.run((signal) =>
      searchSightings({ ...question, limit: kPage }, { signal }),
    );
    if (answer === undefined) return;
    this.rows = answer.sightings;
    this.token = answer.next_page_token;
    this.question = { ...question, as_of: answer.as_of };
    this.count(filter, answer.as_of);
  }

  /** Asked behind the first page and as of the same moment, so that the numbers fit the rows. */
  private count(filter: Filter, asOf: number): void {
    void this.total.run(async (signal) => {
      const { rows } = await countSightings({ filter, as_of: asOf }, { signal });
      return { count: rows[0]?.count ?? 0, plates: rows[0]?.distinct_plates ?? 0 };
    });
    void this.byCamera.run(async (signal) => {
      const body = { filter, group_by: ['camera_id'], as_of: asOf };
      const { rows } = await countSightings(body, { signal });
      return new Map(rows.map((row) => [String(row['camera_id']), row.count]));
    });
  }

  async loadMore(): Promise<void> {
    const token = this.token;
    if (token === undefined || this.more.busy || this.more.state === 'failed') return;
    const { filter, order } = this.question;
    const body: SearchQuestion = { limit: kPage, page_token: token };
    if (filter !== undefined) body.filter = filter;
    if (order !== undefined) body.order = order;
    const answer = await this.more.run((signal) => searchSightings(body, { signal }));
    if (answer === undefined) return;
    this.rows = [...this.rows, ...answer.sightings];
    this.token = answer.next_page_token;
  }

  /** As loadMore(), also where that has failed before. */
  tryMore(): void {
    if (this.more.state === 'failed') this.more.reset();
    void this.loadMore();
  }

  reset(): void {
    for (const asked of [this.first, this.more, this.total, this.byCamera]) asked.reset();
    this.rows = [];
    this.token = undefined;
  }
}

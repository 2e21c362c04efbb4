// Path data of the rail's icons, drawn on 24 × 24 with a stroke of 1.75.

import type { ViewId } from '../views/registry';

export const icons: Record<ViewId, string> = {
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.3 15.3 20 20',
  appearance:
    'M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8M16 4h2.5A1.5 1.5 0 0 1 20 5.5V8M20 16v2.5a1.5 1.5 0 0 1-1.5 1.5H16M8 20H5.5A1.5 1.5 0 0 1 4 18.5V16M7 14.5v-2l1.4-3.3h7.2L17 12.5v2ZM7 12.5h10',
  replay:
    'M5 19c4 0 3-7 7-7s3-7 7-7M5 19a1.6 1.6 0 1 0 0 .01M19 5a1.6 1.6 0 1 0 0 .01M14 15l5 3-5 3Z',
  habits: 'M5 6h14v14H5ZM5 10h14M9 3v4M15 3v4M9 14h.01M12 14h.01M15 14h.01M9 17h.01M12 17h.01',
  companions:
    'M8.5 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3 19c.4-3.2 2.6-5 5.5-5s5.1 1.8 5.5 5M16 5.3a3 3 0 0 1 0 5.5M17 14.2c2.2.5 3.7 2.1 4 4.8',
  clones:
    'M8 8V5.5A1.5 1.5 0 0 1 9.5 4h9A1.5 1.5 0 0 1 20 5.5v9a1.5 1.5 0 0 1-1.5 1.5H16M4 9.5A1.5 1.5 0 0 1 5.5 8h9A1.5 1.5 0 0 1 16 9.5v9a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 4 18.5ZM7.5 14h5',
  common: 'M9 15a6 6 0 1 0 0-6M15 9a6 6 0 1 0 0 6M9 9a6 6 0 1 0 0 6',
  counts: 'M4 20h16M7 16v-5M12 16V6M17 16V9',
};

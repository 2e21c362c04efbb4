import type { en } from '../en/box';
import type { Texts } from '../locale.svelte';

export const zh: Texts<typeof en> = {
  label: '检索车牌、部分车牌或卡口',
  hint: '车牌、部分车牌（京A*、?626）或卡口',
  suggestions: '建议',
  plates: '车牌',
  ways: '检索',
  cameras: '卡口',
  plateMeta: (count, last) => `${count} 条记录，最近 ${last}`,
  containing: (text) => `包含 ${text} 的所有车牌`,
  pattern: (text) => `符合 ${text} 的所有车牌`,
  misread: (text) => `与 ${text} 近似的车牌`,
  misreadHelp: '误识或记忆不全',
};

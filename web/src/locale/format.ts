// Times, numbers, distances and durations for people. Pure: the language tag and the zone are
// arguments; format.svelte.ts binds them to what is in force.

export interface Style {
  /** 'zh-CN' or 'en-GB'. */
  tag: string;
  /** IANA. */
  timeZone: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one is slow, and lists ask for thousands. */
function formatOf(style: Style, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([style.tag, style.timeZone, options]);
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(style.tag, { timeZone: style.timeZone, ...options });
    formats.set(key, format);
  }
  return format;
}

interface Parts {
  year: string;
  month: string;
  day: string;
  hour: string;
  minute: string;
  second: string;
}

function partsOf(ms: number, timeZone: string): Parts {
  const format = formatOf(
    { tag: 'en-GB', timeZone },
    {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    },
  );
  const parts: Partial<Parts> = {};
  for (const { type, value } of format.formatToParts(ms)) {
    if (type in kPartNames) parts[type as keyof Parts] = value;
  }
  return parts as Parts;
}

const kPartNames = { year: 1, month: 1, day: 1, hour: 1, minute: 1, second: 1 };

export type Instant = number | string;

function msOf(instant: Instant): number {
  return typeof instant === 'number' ? instant : Date.parse(instant);
}

/** 2016-09-21 10:22:36: one form for both languages, sortable by eye. */
export function dateTime(instant: Instant, timeZone: string): string {
  const ms = msOf(instant);
  if (!Number.isFinite(ms)) return '';
  const { year, month, day, hour, minute, second } = partsOf(ms, timeZone);
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}

export function date(instant: Instant, timeZone: string): string {
  return dateTime(instant, timeZone).slice(0, 10);
}

/** 10:22:36 */
export function time(instant: Instant, timeZone: string): string {
  return dateTime(instant, timeZone).slice(11);
}

/** 'Wed 21 Sept' or '9月21日周三'. */
export function dayName(instant: Instant, style: Style): string {
  return formatOf(style, { weekday: 'short', day: 'numeric', month: 'short' }).format(
    msOf(instant),
  );
}

export function number(value: number, tag: string, digits = 0): string {
  return value.toLocaleString(tag, { maximumFractionDigits: digits });
}

/** 0.973 → 97.3 %; what is not quite all or nothing is not rounded to it. */
export function percent(share: number, tag: string): string {
  const bounded = Math.min(Math.max(share, 0), 1);
  if (bounded > 0 && bounded < 0.001) return '< 0.1%';
  if (bounded < 1 && bounded > 0.999) return '> 99.9%';
  return bounded.toLocaleString(tag, { style: 'percent', maximumFractionDigits: 1 });
}

export function distance(meters: number, tag: string): string {
  const zh = tag.startsWith('zh');
  if (meters < 1000) return `${number(Math.round(meters), tag)}${zh ? '米' : ' m'}`;
  return `${number(meters / 1000, tag, meters < 100_000 ? 1 : 0)}${zh ? '公里' : ' km'}`;
}

/** 75 s → '1 min 15 s' or '1分15秒': the two largest units. */
export function duration(seconds: number, tag: string): string {
  const zh = tag.startsWith('zh');
  const units: [number, string][] = [
    [86400, zh ? '天' : ' d'],
    [3600, zh ? '小时' : ' h'],
    [60, zh ? '分' : ' min'],
    [1, zh ? '秒' : ' s'],
  ];
  const sign = seconds < 0 ? '−' : '';
  const whole = Math.abs(seconds);
  if (whole < 10 && whole % 1 !== 0) return `${sign}${number(whole, tag, 1)}${units[3]?.[1]}`;
  let rest = Math.round(whole);
  const parts: string[] = [];
  for (const [size, name] of units) {
    const count = Math.floor(rest / size);
    if (count === 0 && !(parts.length === 0 && size === 1)) {
      if (parts.length > 0) break;
      continue;
    }
    parts.push(`${count}${name}`);
    rest -= count * size;
    if (parts.length === 2) break;
  }
  return sign + parts.join(zh ? '' : ' ');
}

/** For <input type="datetime-local">: the wall clock of the zone. */
export function toLocalInput(ms: number, timeZone: string): string {
  return dateTime(ms, timeZone).replace(' ', 'T');
}

/**
 * The instant that a wall clock of the zone shows, of '2016-09-21T10:22' or with seconds; null
 * where it is not one. Where clocks are set back, the first of the two; where a time is skipped,
 * the instant as far behind the gap.
 */
export function fromLocalInput(text: string, timeZone: string): number | null {
  if (!/^\d{4,}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text)) return null;
  const asUtc = Date.parse(`${text}Z`);
  if (!Number.isFinite(asUtc)) return null;
  const offsetAt = (ms: number) => {
    const whole = Math.floor(ms / 1000) * 1000;
    return Date.parse(`${dateTime(whole, timeZone).replace(' ', 'T')}Z`) - whole;
  };
  // The offsets a day before and after are the only two that can hold here.
  const before = asUtc - offsetAt(asUtc - 86_400_000);
  const after = asUtc - offsetAt(asUtc + 86_400_000);
  if (before + offsetAt(before) === asUtc) return before;
  if (after + offsetAt(after) === asUtc) return after;
  return before;
}

// The language of the console. Texts stand in locale/en/<view>.ts and locale/zh/<view>.ts; a
// component takes them with `const t = $derived(pick(en, zh))`, so that each view brings its own.

export type Language = 'en' | 'zh';

/** What zh/<view>.ts must be: the same keys as en/<view>.ts, functions of the same arguments. */
export type Texts<T> = {
  [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...values: infer A) => string
      ? (...values: A) => string
      : Texts<T[K]>;
};

const kKey = 'sightline.language';

class Locale {
  language = $state<Language>(firstLanguage());

  choose(language: Language): void {
    this.language = language;
    try {
      localStorage.setItem(kKey, language);
    } catch {
      // Without storage the choice holds until the page is left.
    }
  }

  /** As Intl takes it. */
  readonly tag = $derived(this.language === 'zh' ? 'zh-CN' : 'en-GB');
}

function firstLanguage(): Language {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(kKey);
  } catch {
    // As above.
  }
  if (stored === 'en' || stored === 'zh') return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export const locale = new Locale();

/** The texts of the language in force. */
export function pick<T>(en: T, zh: Texts<T>): T {
  return locale.language === 'zh' ? (zh as T) : en;
}

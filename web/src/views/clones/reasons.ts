// The server's reasons in the language of the console. They come as English texts, which stand for
// themselves in English; other languages know them by their form. One that is not known is shown as
// it came, and marked as English.

export interface Said {
  text: string;
  isEnglish: boolean;
}

/** A form of a reason, '{}' standing for each number, and what it says in another language. */
export type ReasonForms = Readonly<Record<string, (...numbers: string[]) => string>>;

const kNumber = /\d+(?:\.\d+)?/g;

export function reasonIn(forms: ReasonForms, reason: string): Said {
  const form = reason.replace(kNumber, '{}');
  const say = Object.hasOwn(forms, form) ? forms[form] : undefined;
  if (say === undefined) return { text: reason, isEnglish: true };
  return { text: say(...(reason.match(kNumber) ?? [])), isEnglish: false };
}

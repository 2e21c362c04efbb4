import { counted } from '../counted';

export const en = {
  label: 'Search for a plate, part of a plate, or a camera',
  hint: 'Plate, part of a plate (京A*, ?626), or camera',
  suggestions: 'Suggestions',
  plates: 'Plates',
  ways: 'Search for',
  cameras: 'Cameras',
  plateMeta: (count: string, last: string) => `${counted(count, 'sighting')}, last ${last}`,
  containing: (text: string) => `All plates with ${text} in them`,
  pattern: (text: string) => `All plates that fit ${text}`,
  misread: (text: string) => `Plates like ${text}`,
  misreadHelp: 'misread or half remembered',
};

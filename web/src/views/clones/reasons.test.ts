import { describe, expect, it } from 'vitest';

import { zh } from '../../locale/zh/reasons';
import { reasonIn } from './reasons';

describe('reasons of the server in another language', () => {
  it('are known by their form, and keep their numbers', () => {
    expect(
      reasonIn(zh.forms, 'as of 2 vehicles the readings are e^14 times as likely as of one'),
    ).toEqual({
      text: '按 2 辆车解释这些过车，可能性是按一辆车解释的 e^14 倍',
      isEnglish: false,
    });
    expect(reasonIn(zh.forms, 'first read 2.5 days after the first of them').text).toContain(
      '2.5 天',
    );
  });

  it('use each of their numbers', () => {
    for (const [form, say] of Object.entries(zh.forms)) {
      const numbers = [...form.matchAll(/\{\}/g)].map((_, index) => String(7001 + index));
      for (const number of numbers) expect(say(...numbers), form).toContain(number);
    }
  });

  it('are shown as they came where they are not known', () => {
    expect(reasonIn(zh.forms, 'toString')).toEqual({ text: 'toString', isEnglish: true });
    expect(reasonIn({}, 'read 3 times')).toEqual({ text: 'read 3 times', isEnglish: true });
  });
});

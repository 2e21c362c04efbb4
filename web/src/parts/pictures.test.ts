import { expect, it } from 'vitest';
import { picturePlace } from './pictures';

const kOwn = 'http://127.0.0.1:8080';

it.each([
  ['https://a.example/1.jpg', ['https://a.example'], 'shown'],
  [`${kOwn}/x.jpg`, [], 'shown'],
  ['https://a.example:444/1.jpg', ['https://a.example'], 'elsewhere'],
  ['http://a.example/1.jpg', ['https://a.example'], 'elsewhere'],
  ['javascript:alert(1)', ['https://a.example'], 'named'],
  ['data:image/png;base64,AAAA', [], 'named'],
  ['481.jpg', [], 'named'],
])('%s of %j is %s', (image, allowed, kind) => {
  expect(picturePlace(image, allowed, kOwn).kind).toBe(kind);
});

// Puts .br and .gz beside the files of a folder that shrink, so that the server compresses nothing.
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const COMPRESSIBLE = /\.(html|js|css|json|svg|txt|webmanifest)$/;
// Below, a head is most of the answer.
const MIN_BYTES = 1024;

/** All files below a folder, as paths. */
export function filesBelow(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

export function compress(folder) {
  for (const path of filesBelow(folder)) {
    if (!COMPRESSIBLE.test(path)) continue;
    const text = readFileSync(path);
    if (text.length < MIN_BYTES) continue;
    const params = {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    };
    writeFileSync(`${path}.br`, brotliCompressSync(text, { params }));
    writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
  }
}

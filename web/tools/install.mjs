// Installs what package-lock.json names, unless node_modules holds just that: `npm ci` empties the
// folder first, under the feet of whoever else works with it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('..', import.meta.url));

/** The packages of a lock file, by the folder that each lies in; none where there is no such file. */
function packagesOf(file) {
  try {
    const { packages } = JSON.parse(readFileSync(web + file, 'utf8'));
    return new Map(Object.entries(packages).filter(([folder]) => folder !== ''));
  } catch {
    return new Map();
  }
}

/** Whether what is installed is what is wanted. Of optional packages, some are for other machines. */
export function isInstalled(wanted, installed) {
  const same = (a, b) => a !== undefined && b !== undefined && a.integrity === b.integrity;
  return (
    [...wanted].every(
      ([folder, each]) => each.optional || each.extraneous || same(each, installed.get(folder)),
    ) && [...installed].every(([folder, each]) => same(each, wanted.get(folder)))
  );
}

/** Throws where npm fails, with what to do about it. */
export function install() {
  const wanted = packagesOf('package-lock.json');
  if (isInstalled(wanted, packagesOf('node_modules/.package-lock.json'))) return;
  console.log('console: installing its packages with npm');
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: web,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (npm.status !== 0) {
    throw new Error(
      'npm could not install the packages of the console; see its messages above. ' +
        'Without a way to its registry, build with scripts/build --no-console.',
    );
  }
}

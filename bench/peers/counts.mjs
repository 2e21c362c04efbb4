// DuckDB's side of the counts. Commands, one JSON object a line on standard input:
//   {"load": "rows.csv"}      makes the table from what PostgreSQL wrote (harness/counts.py)
//   {"sql": "…", "times": n}  runs a query n times
// Each is answered by one line.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import readline from 'node:readline';

const [modules, databaseFile] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${modules}/`));
const { DuckDBInstance } = require('@duckdb/node-api');
const instance = await DuckDBInstance.create(databaseFile);
const connection = await instance.connect();

const COLUMNS = `{'time_ms': 'BIGINT', 'camera': 'VARCHAR', 'plate': 'VARCHAR', 'type': 'VARCHAR',
                  'brand': 'VARCHAR', 'color': 'VARCHAR'}`;

// In time order, so that DuckDB passes over row groups by their least and greatest time.
async function load(file) {
  await connection.run(`CREATE OR REPLACE TABLE sighting AS
    SELECT make_timestamp(time_ms * 1000) AS time, camera, plate, type, brand, color
    FROM read_csv('${file}', header = false, delim = ',', quote = '"', columns = ${COLUMNS})
    ORDER BY time_ms`);
  const answer = await connection.runAndReadAll('SELECT count(*) FROM sighting');
  return { rows: Number(answer.getRows()[0][0]) };
}

async function ask(sql, times) {
  const milliseconds = [];
  let answer;
  for (let i = 0; i < times; ++i) {
    const start = performance.now();
    answer = await connection.runAndReadAll(sql);
    milliseconds.push(performance.now() - start);
  }
  const rows = answer.getRowObjects();
  return {
    milliseconds,
    groups: rows.length,
    total: rows.reduce((sum, row) => sum + Number(row.count), 0),
  };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  const answer = 'load' in command ? await load(command.load)
    : await ask(command.sql, command.times);
  console.log(JSON.stringify(answer));
}

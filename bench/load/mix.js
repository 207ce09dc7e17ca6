// A mix of searches, writes and photos at a constant rate, for k6 (https://k6.io):
//   k6 run -e URL=http://127.0.0.1:8000 -e RATE=50 -e DURATION=60s bench/load/mix.js
// `fit bench load` sends the same mix without k6 (docs/benchmarks.md). Load only servers that you may load.
//
// URL       the server (http://127.0.0.1:8000)        KEY      an API key
// RATE      requests in a second (10)                 RAMP     time in which the rate grows from 0 (10s)
// DURATION  time at the full rate (30s)               VUS      requests under way at most (64)
// SEARCH, WRITE, INGEST   shares of the kinds of requests (90, 8, 2)
import http from 'k6/http';
import { check } from 'k6';
import exec from 'k6/execution';
import { tokens, photo } from './requests.js';

const url = __ENV.URL || 'http://127.0.0.1:8000';
const rate = Number(__ENV.RATE || 10);
const shares = {
  search: Number(__ENV.SEARCH || 90),
  write: Number(__ENV.WRITE || 8),
  ingest: Number(__ENV.INGEST || 2),
};
const headers = __ENV.KEY ? { Authorization: `Bearer ${__ENV.KEY}` } : {};
const json = { ...headers, 'Content-Type': 'application/json' };

// An open model: k6 starts iterations at the rate, whatever the server does. It counts those for which no virtual user
// was free in `dropped_iterations`, and durations from the sending: see to it that none are dropped.
export const options = {
  scenarios: {
    mix: {
      executor: 'ramping-arrival-rate',
      startRate: 0,
      timeUnit: '1s',
      preAllocatedVUs: Number(__ENV.VUS || 64),
      maxVUs: Number(__ENV.VUS || 64),
      stages: [
        { target: rate, duration: __ENV.RAMP || '10s' },
        { target: rate, duration: __ENV.DURATION || '30s' },
      ],
    },
  },
  thresholds: {
    http_req_failed: ['rate<0.001'],
    dropped_iterations: ['count<1'],
  },
};

export function setup() {
  const listed = http.get(`${url}/api/v1/items?limit=100`, { headers });
  const titles = listed.json().items.map((item) => item.title).filter((title) => title);
  return { titles: titles.length > 0 ? titles : ['red dress', 'blue jeans'], run: Date.now() };
}

function search(data) {
  const words = `${tokens(data.titles, 2)} ${tokens(data.titles, 1)}`;
  return http.post(`${url}/api/v1/search`, JSON.stringify({ text: words, limit: 20 }), { headers: json, tags: { kind: 'search' } });
}

function write(data, number) {
  const key = `${data.run}-${number}`;
  const item = { source: 'load-test', external_id: key, title: tokens(data.titles, 4), price: number % 200, currency: 'EUR' };
  return http.put(`${url}/api/v1/items?source=load-test&external_id=${key}`, JSON.stringify(item), { headers: json, tags: { kind: 'write' } });
}

function ingest(data, number) {
  const file = http.file(photo(data.run, number), `${number}.gif`, 'image/gif');
  return http.post(`${url}/api/v1/ingest`, { files: file }, { headers, tags: { kind: 'ingest' } });
}

export default function (data) {
  const number = exec.scenario.iterationInTest;
  const drawn = Math.random() * (shares.search + shares.write + shares.ingest);
  const send = drawn < shares.search ? search : drawn < shares.search + shares.write ? write : ingest;
  const response = send(data, number);
  check(response, { 'is a success': (answer) => answer.status >= 200 && answer.status < 300 });
}

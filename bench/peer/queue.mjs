// The peer of `./dev bench queue`: empty jobs of pg-boss through claim and finish, by 8 workers that each fetch up to 100
// jobs and complete them together, on the PostgreSQL server that is given. Prints jobs a second, the middle of 3 rounds.
//
//   node queue.mjs URL JOBS
import PgBoss from "pg-boss";

const [, , url, count] = process.argv;
const jobs = Number(count);
const workers = 8;
const batch = 100;
const boss = new PgBoss({ connectionString: url, max: workers, supervise: false, schedule: false });

async function work(queue) {
  let done = 0;
  for (;;) {
    const fetched = await boss.fetch(queue, { batchSize: batch });
    if (fetched.length === 0) return done;
    await boss.complete(queue, fetched.map((job) => job.id));
    done += fetched.length;
  }
}

await boss.start();
const rounds = [];
for (let round = 0; round < 3; round++) {
  const queue = `empty-${round}`;
  await boss.createQueue(queue);
  for (let i = 0; i < jobs; i += 1000) await boss.insert(Array.from({ length: 1000 }, () => ({ name: queue, data: {} })));
  const start = performance.now();
  const done = await Promise.all(Array.from({ length: workers }, () => work(queue)));
  const seconds = (performance.now() - start) / 1000;
  const all = done.reduce((sum, one) => sum + one, 0);
  // A worker ends early when all jobs that wait are locked by others.
  if (all < jobs * 0.99) throw new Error(`${all} of ${jobs} jobs were done`);
  rounds.push(all / seconds);
}
await boss.stop({ graceful: false });
console.log(rounds.sort((a, b) => a - b)[1]);

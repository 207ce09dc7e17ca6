// Empty jobs through claim and finish: jobs a second, with the databases of this machine.
#include <benchmark/benchmark.h>

#include <atomic>

#include "cache/test_redis.h"
#include "jobs/test_database.h"
#include "jobs/workers.h"
#include "sql/test_postgres.h"

namespace fit::jobs {
namespace {

constexpr std::int64_t kJobs = 20'000;
constexpr std::size_t kBatch = 1'000;  // jobs that are added in one transaction

// Times the work of `processes` workers with `threads` threads each, not the adding.
void run(benchmark::State& state, sql::Database& database, std::size_t processes, std::size_t threads,
         RedisDispatch* dispatch = nullptr) {
  std::atomic<std::int64_t> done = 0;
  Queue queue(database, {.dispatch = dispatch});
  Metrics metrics;
  const Handler handler{.kind = "empty", .run = [&done](const Job&, const std::stop_token&) -> Result<void> {
                          if (++done % kJobs == 0) done.notify_all();
                          return {};
                        }};
  for (auto _ : state) {
    state.PauseTiming();
    for (std::int64_t i = 0; i < kJobs; i += kBatch) {
      if (!queue.add(std::vector<NewJob>(kBatch, {.kind = "empty"})))
        state.SkipWithError("jobs cannot be added");
    }
    std::vector<std::unique_ptr<Workers>> workers;
    for (std::size_t i = 0; i < processes; ++i) {
      workers.push_back(std::make_unique<Workers>(
          Workers::Parts{.queue = queue, .handlers = {handler}, .log = Log::silent(), .metrics = metrics},
          Workers::Options{.threads = threads}));
    }
    const std::int64_t before = done;
    state.ResumeTiming();
    for (const auto& one : workers) one->start();
    for (std::int64_t now_done = done; now_done < before + kJobs; now_done = done) done.wait(now_done);
    // Ends all jobs durably.
    for (const auto& one : workers) one->stop();
    state.PauseTiming();
    workers.clear();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kJobs);
}

void BM_Sqlite(benchmark::State& state) {
  const TempDir folder;
  const auto database = testing::open_database("sqlite", folder);
  run(state, *database, 1, static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(BM_Sqlite)->Arg(1)->Arg(8)->Iterations(3)->Unit(benchmark::kMillisecond)->UseRealTime();

// Arguments: worker objects, each with connections and claims of its own as in a process of its own, and the
// threads of each.
void BM_Postgres(benchmark::State& state) {
  if (!sql::testing::PostgresCluster::is_available()) {
    state.SkipWithError("there is no PostgreSQL on this machine");
    return;
  }
  const sql::testing::PostgresCluster cluster({.durable = true});
  const auto database = testing::open_postgres_database(cluster.url());
  run(state, *database, static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
}
BENCHMARK(BM_Postgres)
    ->Args({1, 8})
    ->Args({8, 1})
    ->Iterations(3)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// The same with a Redis that flushes each write.
void BM_Redis(benchmark::State& state) {
  if (!sql::testing::PostgresCluster::is_available() || !cache::TestRedis::is_installed()) {
    state.SkipWithError("there is no PostgreSQL or no Redis on this machine");
    return;
  }
  const sql::testing::PostgresCluster cluster({.durable = true});
  const auto database = testing::open_postgres_database(cluster.url());
  const cache::TestRedis redis(cache::TestRedis::Persistence::kEachWrite);
  testing::TestDispatch dispatch({.url = redis.url(), .look_period = std::chrono::seconds(1)});
  run(state, *database, static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)),
      dispatch.get());
}
BENCHMARK(BM_Redis)->Args({8, 1})->Iterations(3)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace fit::jobs

BENCHMARK_MAIN();

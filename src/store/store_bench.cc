// Writes and reads of a catalogue of 100,000 items with one vector of 512 dimensions each.
// Run: build/release/src/store/store_bench; TMPDIR chooses the disk.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>

#include "base/temp_dir.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

constexpr std::int64_t kItems = 100'000;

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().describe().c_str());
    std::abort();
  }
  return *std::move(result);
}

std::vector<domain::ItemWrite> make_batch(std::int64_t first, std::int64_t count,
                                          const domain::SpaceRecord& space) {
  std::vector<domain::ItemWrite> items;
  for (std::int64_t i = first; i < first + count; ++i) items.push_back(testing::make_item(i, space));
  return items;
}

// A catalogue in a temporary folder.
struct Bench {
  TempDir folder;
  std::unique_ptr<Catalogue> catalogue = must(open_catalogue(testing::sqlite_url(folder)));
  domain::SpaceRecord space = must(catalogue->spaces().ensure({"bench", "model", "1", 512}));
};

// A filled catalogue, made once.
Bench& filled() {
  static const auto bench = [] {
    auto made = std::make_unique<Bench>();
    for (std::int64_t i = 0; i < kItems; i += 1000)
      must(made->catalogue->items().upsert(make_batch(i, 1000, made->space)));
    return made;
  }();
  return *bench;
}

std::vector<ItemId> random_ids(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<ItemId> ids(count);
  for (ItemId& id : ids) id.value = 1 + static_cast<std::int64_t>(random() % kItems);
  return ids;
}

void upsert_new(benchmark::State& state) {
  Bench bench;
  std::int64_t next = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const auto batch = make_batch(next, state.range(0), bench.space);
    next += state.range(0);
    state.ResumeTiming();
    must(bench.catalogue->items().upsert(batch));
  }
  state.SetItemsProcessed(next);
}
BENCHMARK(upsert_new)->Arg(1)->Arg(100)->Arg(1000)->UseRealTime()->Unit(benchmark::kMillisecond);

void upsert_changed(benchmark::State& state) {
  auto& [folder, catalogue, space] = filled();
  std::int64_t next = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto batch = make_batch(next % kItems, 100, space);
    for (domain::ItemWrite& item : batch) item.content_hash.clear();
    next += 100;
    state.ResumeTiming();
    must(catalogue->items().upsert(batch));
  }
  state.SetItemsProcessed(next);
}
BENCHMARK(upsert_changed)->UseRealTime()->Unit(benchmark::kMillisecond);

void upsert_unchanged(benchmark::State& state) {
  auto& [folder, catalogue, space] = filled();
  const auto batch = make_batch(50'000, 100, space);
  for (auto _ : state) must(catalogue->items().upsert(batch));
  state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK(upsert_unchanged)->UseRealTime()->Unit(benchmark::kMillisecond);

void put_vectors(benchmark::State& state) {
  auto& [folder, catalogue, space] = filled();
  const auto other = must(catalogue->spaces().ensure({"put", "model", "1", 512}));
  std::int64_t next = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<VectorWrite> vectors;
    for (std::int64_t i = 0; i < 100; ++i, ++next) {
      vectors.push_back(
          {ImageId{1 + next % kItems}, testing::make_vector(512, static_cast<std::uint64_t>(next))});
    }
    state.ResumeTiming();
    if (!catalogue->vectors().put(other.id, vectors)) std::abort();
  }
  state.SetItemsProcessed(next);
}

void items(benchmark::State& state) {
  auto& bench = filled();
  std::uint32_t seed = 0;
  for (auto _ : state) {
    const auto ids = random_ids(static_cast<std::size_t>(state.range(0)), ++seed);
    benchmark::DoNotOptimize(must(bench.catalogue->items().get(ids)));
  }
}
BENCHMARK(items)->Arg(1)->Arg(20)->Arg(100)->Unit(benchmark::kMicrosecond);

void filter_columns(benchmark::State& state) {
  auto& bench = filled();
  std::uint32_t seed = 0;
  for (auto _ : state) {
    const auto ids = random_ids(static_cast<std::size_t>(state.range(0)), ++seed);
    benchmark::DoNotOptimize(must(bench.catalogue->items().filter_columns(ids)));
  }
}
BENCHMARK(filter_columns)->Arg(100)->Unit(benchmark::kMicrosecond);

void vectors(benchmark::State& state) {
  auto& bench = filled();
  std::uint32_t seed = 0;
  for (auto _ : state) {
    const auto ids = random_ids(static_cast<std::size_t>(state.range(0)), ++seed);
    benchmark::DoNotOptimize(must(bench.catalogue->vectors().of_items(bench.space.id, ids)));
  }
}
BENCHMARK(vectors)->Arg(100)->Unit(benchmark::kMicrosecond);

void list_filter_columns(benchmark::State& state) {
  auto& bench = filled();
  for (auto _ : state)
    benchmark::DoNotOptimize(must(bench.catalogue->items().list_filter_columns(ItemId{}, kItems)));
}
BENCHMARK(list_filter_columns)->Unit(benchmark::kMillisecond);

void list_vectors(benchmark::State& state) {
  auto& bench = filled();
  for (auto _ : state) {
    benchmark::DoNotOptimize(must(bench.catalogue->vectors().list(bench.space.id, ImageId{}, kItems)));
  }
}
BENCHMARK(list_vectors)->Unit(benchmark::kMillisecond);

void list_vectors_in_pages(benchmark::State& state) {
  auto& bench = filled();
  for (auto _ : state) {
    ImageId after;
    for (;;) {
      const auto page = must(bench.catalogue->vectors().list(bench.space.id, after, 1000));
      if (page.empty()) break;
      after = page.back().image;
    }
  }
}
BENCHMARK(list_vectors_in_pages)->Unit(benchmark::kMillisecond);

void position(benchmark::State& state) {
  auto& bench = filled();
  for (auto _ : state) benchmark::DoNotOptimize(must(bench.catalogue->changes().position()));
}
BENCHMARK(position)->Unit(benchmark::kMicrosecond);

void changes(benchmark::State& state) {
  auto& bench = filled();
  for (auto _ : state) benchmark::DoNotOptimize(must(bench.catalogue->changes().list(kItems / 2, 1000)));
}
BENCHMARK(changes)->Unit(benchmark::kMicrosecond);

void counts(benchmark::State& state) {
  auto& bench = filled();
  for (auto _ : state) {
    benchmark::DoNotOptimize(must(bench.catalogue->items().counts()));
    benchmark::DoNotOptimize(must(bench.catalogue->vectors().count(bench.space.id)));
  }
}
BENCHMARK(counts)->Unit(benchmark::kMillisecond);

void reopen(benchmark::State& state) {
  auto& bench = filled();
  for (auto _ : state) benchmark::DoNotOptimize(must(open_catalogue(testing::sqlite_url(bench.folder))));
}
BENCHMARK(reopen)->Unit(benchmark::kMillisecond);

void images_without_vector(benchmark::State& state) {
  auto& bench = filled();
  for (auto _ : state) {
    benchmark::DoNotOptimize(must(bench.catalogue->vectors().images_without(bench.space.id, ImageId{}, 100)));
  }
}
BENCHMARK(images_without_vector)->Unit(benchmark::kMillisecond);

BENCHMARK(put_vectors)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace fit::store

BENCHMARK_MAIN();

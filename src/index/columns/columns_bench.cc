// The columns' bytes an item and the time of filters and facets:
//   ./dev build columns_bench && ./dev shell build/release/src/index/columns_bench
#include <benchmark/benchmark.h>

#include <random>

#include "base/format.h"
#include "index/columns/column_store.h"

namespace fit::index {
namespace {

constexpr std::int64_t kItems = 1'000'000;

// A catalogue of garments: 5,000 brands, 60 sizes, properties of 8 to 40 values, one item in ten sold.
const ColumnStore& columns() {
  static const std::unique_ptr<const ColumnStore> filled = [] {
    std::mt19937 random(1);
    auto columns = std::make_unique<ColumnStore>();
    std::vector<domain::FilterColumns> items;
    for (std::int64_t id = 1; id <= kItems; ++id) {
      domain::FilterColumns item;
      item.id = ItemId{id};
      item.source = fit::format("shop-{}", random() % 4);
      item.brand = fit::format("Brand {}", random() % 5000);
      item.size = fit::format("size {}", random() % 60);
      item.status = random() % 10 == 0 ? "sold" : "active";
      item.price = static_cast<double>(random() % 50'000) / 100;
      item.listed_at = Timestamp(std::chrono::seconds(1'700'000'000 + random() % 30'000'000));
      for (std::size_t i = 0; i < item.properties.size(); ++i) {
        if (random() % 4 != 0) item.properties[i] = fit::format("value {}", random() % (8 + 2 * i));
      }
      items.push_back(std::move(item));
      if (items.size() == 5000) columns->upsert(std::exchange(items, {}));
    }
    return columns;
  }();
  return *filled;
}

void filter(benchmark::State& state, const domain::ItemFilter& filter) {
  for (auto _ : state) benchmark::DoNotOptimize(columns().matching(filter));
  state.counters["matching"] = static_cast<double>(columns().matching(filter)->size());
  state.counters["bytes_an_item"] =
      static_cast<double>(columns().memory_bytes()) / static_cast<double>(kItems);
}

void facets(benchmark::State& state) {
  const std::vector<std::string> names = {"brand", "primary_color", "price"};
  const auto set = columns().matching({.min_price = 100});
  for (auto _ : state) benchmark::DoNotOptimize(columns().facets(names, &*set));
}

BENCHMARK_CAPTURE(filter, active, {})->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(filter, one_brand, {.any_of = {{"brand", {"brand 7"}}}})->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(filter, price_range, {.min_price = 50, .max_price = 200})->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(filter, four_conditions,
                  {.any_of = {{"brand", {"brand 7", "brand 8", "brand 9"}}, {"category", {"value 3"}}},
                   .none_of = {{"primary_color", {"value 2"}}},
                   .min_price = 50,
                   .max_price = 200})
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(facets)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace fit::index

BENCHMARK_MAIN();

// Full-text search of 200,000 items. Titles have four words; 40 % have "shirt" and 17 % have "blue". There
// are 3,000 brands. Descriptions have twenty words and all have "the". There are 30,000 different words. Run:
// build/release/src/store/words_bench; TMPDIR chooses the disk.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>

#include "base/format.h"
#include "base/temp_dir.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

constexpr std::int64_t kItems = 200'000;
constexpr std::array<std::string_view, 20> kKinds = {
    "shirt", "shirt", "shirt", "shirt", "shirt", "shirt",    "shirt",  "shirt",   "jacket", "dress",
    "jeans", "shoes", "bag",   "coat",  "skirt", "sneakers", "hoodie", "sweater", "tie",    "belt"};
constexpr std::array<std::string_view, 6> kColours = {"red", "blue", "black", "white", "green", "grey"};

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().describe().c_str());
    std::abort();
  }
  return *std::move(result);
}

// The i-th of 30,000 words of letters.
std::string word(std::size_t i) {
  std::string text;
  for (std::size_t rest = i * 7919 + 1'000'003; rest > 0; rest /= 19)
    text += "bcdfghjklmnprstvaeiou"[rest % 19];
  return text;
}

domain::ItemWrite make_listing(std::int64_t number, std::mt19937& random) {
  domain::ItemWrite item = testing::make_item(number);
  domain::Listing& listing = item.listing;
  listing.title = fit::format("{} {} {} {}", kColours[random() % kColours.size()], word(random() % 2000),
                              kKinds[random() % kKinds.size()], word(random() % 30'000));
  listing.brand = word(random() % 3000);
  listing.description = "the";
  for (int i = 0; i < 19; ++i) listing.description += " " + word(random() % 30'000);
  return item;
}

Catalogue& filled() {
  static const TempDir folder;
  static const auto catalogue = [] {
    auto made = must(open_catalogue(testing::sqlite_url(folder)));
    std::mt19937 random(1);
    for (std::int64_t i = 0; i < kItems; i += 1000) {
      std::vector<domain::ItemWrite> batch;
      for (std::int64_t j = i; j < i + 1000; ++j) batch.push_back(make_listing(j, random));
      must(made->items().upsert(batch));
    }
    return made;
  }();
  return *catalogue;
}

// One item in `every` is allowed.
void find_words(benchmark::State& state, std::vector<std::string> words, std::size_t every = 1) {
  Catalogue& catalogue = filled();
  std::vector<std::uint64_t> among(kItems / 64 + 1);
  std::mt19937 random(2);
  for (std::int64_t i = 1; i <= kItems; ++i) {
    const auto bit = static_cast<std::size_t>(i);
    if (random() % every == 0) among[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  WordQuery query{.words = std::move(words), .among = {}};
  if (every > 1) query.among = among;
  std::size_t hits = 0;
  for (auto _ : state) hits = must(catalogue.words().find(query)).hits.size();
  state.counters["hits"] = static_cast<double>(hits);
}

void correct_words(benchmark::State& state, const std::vector<std::string>& words) {
  Catalogue& catalogue = filled();
  for (auto _ : state) benchmark::DoNotOptimize(must(catalogue.words().correct(words)));
}

void upsert(benchmark::State& state) {
  const TempDir folder;
  const auto catalogue = must(open_catalogue(testing::sqlite_url(folder)));
  std::mt19937 random(1);
  std::int64_t next = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<domain::ItemWrite> batch;
    for (int i = 0; i < 1000; ++i) batch.push_back(make_listing(next++, random));
    state.ResumeTiming();
    must(catalogue->items().upsert(batch));
  }
  state.SetItemsProcessed(next);
}

BENCHMARK_CAPTURE(find_words, brand_and_kind, {word(7), "jacket"})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(find_words, brand_and_common, {word(7), "blue", "shirt"})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(find_words, common, {"shirt"})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(find_words, two_common, {"blue", "shirt"})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(find_words, in_all, {"the", "blue", "shirt"})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(find_words, common_of_10_percent, {"blue", "shirt"}, 10)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(find_words, common_of_1_percent, {"blue", "shirt"}, 100)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(find_words, common_of_1_permille, {"blue", "shirt"}, 1000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(find_words, brand_of_1_percent, {word(7), "shirt"}, 100)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(find_words, unfinished, {"sho", "jack"})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(correct_words, one, {"jakcet"})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(correct_words, eight,
                  {"jakcet", "sneakrs", "swaeter", "hodie", "skrit", "drses", "jenas", "sheos"})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(upsert)->Iterations(30)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace fit::store

BENCHMARK_MAIN();

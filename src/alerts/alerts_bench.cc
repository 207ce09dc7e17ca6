// 10,000 saved searches compared with new items: from the change of the catalogue to stored alerts with their
// jobs, in an SQLite file.
#include <benchmark/benchmark.h>

#include <ctime>
#include <random>

#include "alerts/matcher.h"
#include "alerts/recipients.h"
#include "search/search_engine.h"
#include "search/test_catalogue.h"
#include "search/test_embedder.h"
#include "search/test_items.h"

namespace fit::alerts {
namespace {

constexpr int kDimensions = 512;
constexpr int kItems = 1'000;  // compared at once: those of a minute
constexpr int kImages = 3;     // of an item
constexpr int kCentres = 200;  // kinds of garments in the vector space
constexpr int kPeople = 2'000;
constexpr double kSpread = 0.5;  // length of the noise around a centre
constexpr double kLeastSimilarity = 0.75;

const std::vector<std::string> kBrands = {"gap", "levi's", "zara", "h&m", "uniqlo", "nike", "adidas", "cos"};
const std::vector<std::string> kCategories = {"outerwear", "dresses", "tops", "bottoms", "shoes", "bags"};
const std::vector<std::string> kNouns = {"coat", "dress", "shirt", "jeans", "boots", "bag", "scarf", "skirt"};
const std::vector<std::string> kKinds = {"wool", "denim", "linen", "silk", "vintage", "oversized", "striped"};

class AlertBench {
 public:
  explicit AlertBench(int searches) : catalogue_(store::testing::engines().front(), "words", kDimensions) {
    for (int i = 0; i < kCentres; ++i) centres_.push_back(direction());
    for (int i = 0; i < kPeople; ++i) {
      people_.push_back(recipients_.of_user(i + 1, fit::format("user{}@x.example", i)).value().id);
    }
    if (!matcher_.catch_up({})) throw std::runtime_error("the matcher cannot begin");
    for (int i = 0; i < searches; ++i) save(i);
  }

  // Writes items; not timed.
  void write_items() {
    std::vector<domain::ItemWrite> items;
    for (int i = 0; i < kItems; ++i) {
      auto item = search::item_with_vector(++written_, pick(kKinds) + " " + pick(kNouns) + " " + pick(kKinds),
                                           catalogue_.space().id, near(centre()));
      const embed::Vector garment = centre();
      for (int image = 1; image < kImages; ++image) {
        auto other = item.images[0];
        other.sha256 = fit::format("{:060}{:04}", written_, image);
        other.vectors[0].values = near(garment);
        item.images.push_back(std::move(other));
      }
      item.listing.brand = pick(kBrands);
      item.listing.price = static_cast<double>(random_() % 200);
      item.listing.currency = "EUR";
      item.listing.properties[domain::kCategory] = pick(kCategories);
      item.listing.description = "A " + pick(kKinds) + " piece, worn a few times. " + std::string(300, 'x');
      items.push_back(std::move(item));
    }
    if (!catalogue_.store().items().upsert(items)) throw std::runtime_error("items cannot be written");
  }

  std::size_t match() { return matcher_.catch_up({}).value(); }

 private:
  embed::Vector direction() {
    embed::Vector vector(kDimensions);
    for (float& one : vector) one = noise_(random_);
    static_cast<void>(embed::normalize(vector, kDimensions, "bench"));
    return vector;
  }
  const embed::Vector& centre() { return centres_[random_() % centres_.size()]; }
  embed::Vector near(const embed::Vector& middle) {
    embed::Vector vector = direction();
    for (std::size_t i = 0; i < vector.size(); ++i) {
      vector[i] = middle[i] + static_cast<float>(kSpread) * vector[i];
    }
    static_cast<void>(embed::normalize(vector, kDimensions, "bench"));
    return vector;
  }
  std::string pick(const std::vector<std::string>& from) { return from[random_() % from.size()]; }

  // Six of ten are photos, half of them with filters; three are words with a highest price; one is a filter.
  void save(int number) {
    CompiledSearch compiled;
    AlertOptions options{.name = fit::format("search {}", number)};
    search::Query query;
    if (number % 10 < 6) {
      compiled.vector = near(centre());
      compiled.min_similarity = kLeastSimilarity;
      if (number % 2 == 0) compiled.filter.any_of.push_back({"category", {pick(kCategories)}});
    } else if (number % 10 < 9) {
      query.text = pick(kKinds) + " " + pick(kNouns);
      options.max_price = static_cast<double>(random_() % 100);
      compiled = compile(engine_->resolve(query).value(), query, options);
    } else {
      compiled.filter.any_of = {{"brand", {pick(kBrands)}}, {"category", {pick(kCategories)}}};
      compiled.filter.max_price = 20;
    }
    const auto made =
        searches_.create({.recipient = people_[static_cast<std::size_t>(number) % people_.size()],
                          .created_by = "bench",
                          .options = options,
                          .request = Json::object(),
                          .query = query,
                          .compiled = store_compiled(compiled),
                          .compiled_for = compilation_key(catalogue_.space().id)});
    if (!made) throw std::runtime_error(made.error().describe());
  }

  std::mt19937 random_{7};  // NOLINT(cert-msc32-c,cert-msc51-cpp)
  std::normal_distribution<float> noise_;
  std::vector<embed::Vector> centres_;
  std::vector<RecipientId> people_;
  int written_ = 0;
  Metrics metrics_;
  search::AxesEmbedder embedder_{{}, kDimensions, false};
  search::TestCatalogue catalogue_;
  std::shared_ptr<search::SearchEngine> engine_ = std::make_shared<search::SearchEngine>(
      search::SearchEngine::Parts{.store = catalogue_.store(),
                                  .embedder = embedder_,
                                  .searcher = catalogue_.searcher(),
                                  .columns = catalogue_.columns(),
                                  .ontology = ontology::Ontology::load().value(),
                                  .rerank_spaces = {},
                                  .image_limits = {},
                                  .metrics = metrics_});
  SavedSearches searches_{catalogue_.store().database()};
  Recipients recipients_{catalogue_.store().database()};
  Alerts alerts_{catalogue_.store().database()};
  Matcher matcher_{
      {.store = catalogue_.store(),
       .searches = searches_,
       .alerts = alerts_,
       .engine = [this] { return EngineLease{.owner = engine_, .engine = *engine_}; },
       .access = {.access_of = [](const std::string&) { return Result<Access>(Access::kGranted); },
                  .version = [] { return Result<std::int64_t>(1); }},
       .holder = "bench",
       .log = Log::silent(),
       .metrics = metrics_}};
};

// "cpu_share": the part of one core for 1,000 items a minute.
void BM_Match(benchmark::State& state) {
  AlertBench bench(static_cast<int>(state.range(0)));
  bench.write_items();
  bench.match();  // loads the searches
  std::size_t alerts = 0;
  double cpu_seconds = 0;
  for (auto _ : state) {
    state.PauseTiming();
    bench.write_items();
    state.ResumeTiming();
    const std::clock_t before = std::clock();
    alerts += bench.match();
    cpu_seconds += static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  }
  const auto rounds = static_cast<double>(state.iterations());
  state.counters["items"] = kItems;
  state.counters["alerts"] = static_cast<double>(alerts) / rounds;
  state.counters["cpu_share"] = cpu_seconds / rounds / 60;
}
BENCHMARK(BM_Match)->Arg(1'000)->Arg(10'000)->Iterations(3)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace fit::alerts

BENCHMARK_MAIN();

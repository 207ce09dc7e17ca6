#include "search/recall_probe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

#include "embed/embedder.h"
#include "search/test_catalogue.h"
#include "search/test_items.h"

namespace fit::search {
namespace {

constexpr int kProbeDimensions = 8;
constexpr int kProbeItems = 300;

// A searcher whose answers a function changes, and which reads vectors as they are.
class ChangedSearcher final : public VectorSearcher {
 public:
  using Change = std::function<void(std::vector<domain::Neighbor>&)>;
  ChangedSearcher(const VectorSearcher& inner, Change change) : inner_(inner), change_(std::move(change)) {}

  const domain::SpaceRecord& space() const override { return inner_.space(); }
  bool is_complete() const override { return inner_.is_complete(); }
  std::optional<std::int64_t> position() const override { return inner_.position(); }
  Result<SearcherState> state() const override { return inner_.state(); }
  Result<std::vector<domain::Neighbor>> nearest(std::span<const float> vector, std::size_t limit,
                                                const Selection& selection,
                                                float min_similarity) const override {
    FIT_TRY(auto found, inner_.nearest(vector, limit, selection, min_similarity));
    change_(found);
    return found;
  }
  Result<std::vector<domain::ImageVector>> vectors_of(std::span<const ItemId> items) const override {
    return inner_.vectors_of(items);
  }

 private:
  const VectorSearcher& inner_;
  const Change change_;
};

class RecallProbeContract : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no PostgreSQL on this machine";
    catalogue_ = std::make_unique<TestCatalogue>(GetParam(), "probed", kProbeDimensions);
  }

  // A random unit vector of half-precision numbers, which both engines store exactly.
  std::vector<float> vector() {
    std::vector<float> values(kProbeDimensions);
    std::normal_distribution<float> normal;
    for (float& value : values) value = normal(random_);
    EXPECT_TRUE(embed::normalize(values, kProbeDimensions, "vector"));
    return values;
  }

  // Items with brands that two, fifteen and the rest of them have.
  void fill(const std::function<std::vector<float>()>& vector_of_item) {
    std::vector<domain::ItemWrite> items;
    for (int i = 1; i <= kProbeItems; ++i) {
      items.push_back(item_with_vector(i, "Coat", catalogue_->space().id, vector_of_item()));
      items.back().listing.brand = i <= 2 ? "rare" : i <= 17 ? "some" : "common";
    }
    catalogue_->store().items().upsert(items).value();
    catalogue_->catch_up();
  }
  void fill() {
    fill([this] { return vector(); });
  }

  RecallProbe probe(const VectorSearcher& searcher, const RecallProbe::Options& options = {.one_in = 1}) {
    return RecallProbe({.searcher = searcher,
                        .columns = catalogue_->columns(),
                        .log = Log::silent(),
                        .metrics = catalogue_->metrics()},
                       options);
  }
  Selection select(std::string_view text) { return catalogue_->columns().select(filter(text)).value(); }
  bool has_line(std::string_view line) { return catalogue_->metrics().expose().contains(line); }

  std::unique_ptr<TestCatalogue> catalogue_;
  std::mt19937 random_{7};
};

TEST_P(RecallProbeContract, AnExactSearchHasARecallOfOneBySelectivity) {
  fill();
  RecallProbe probe = this->probe(catalogue_->searcher());
  for (const char* const text :
       {"{}", R"({"brand":"common"})", R"({"brand":"some"})", R"({"brand":"rare"})"}) {
    probe.offer("photo", vector(), select(text), false);
    EXPECT_TRUE(probe.measure_next({}).value());
  }
  EXPECT_FALSE(probe.measure_next({}).value());
  const auto recalls = probe.recalls();
  ASSERT_EQ(recalls.size(), kSelectivities.size());
  for (std::size_t i = 0; i < recalls.size(); ++i) {
    EXPECT_EQ(recalls[i].kind, "photo");
    EXPECT_EQ(recalls[i].selectivity, static_cast<Selectivity>(i));
    EXPECT_EQ(recalls[i].recall, 1);
    EXPECT_EQ(recalls[i].probes, 1U);
  }
  EXPECT_EQ(probe.recall(), 1);
  EXPECT_TRUE(has_line(R"(fit_recall_ratio{kind="photo",selectivity="none"} 1)"));
  EXPECT_TRUE(has_line(R"(fit_recall_expected_total{kind="photo",selectivity="under_1_percent"} 2)"));
  EXPECT_TRUE(has_line(R"(fit_recall_probes_total{outcome="measured"} 4)"));
}

TEST_P(RecallProbeContract, WhatASearchMissesLowersTheRecall) {
  fill();
  const ChangedSearcher forgetful(catalogue_->searcher(), [](auto& found) {
    for (std::size_t i = 0; i < found.size(); ++i)
      found.erase(found.begin() + static_cast<std::ptrdiff_t>(i));
  });
  RecallProbe probe = this->probe(forgetful);
  probe.offer("words", vector(), select("{}"), false);
  EXPECT_TRUE(probe.measure_next({}).value());
  EXPECT_EQ(probe.recall(), 0.5);
  // A list of candidates goes on behind the first page, from which every second one is missing.
  probe.offer("composed", vector(), select("{}"), true);
  EXPECT_TRUE(probe.measure_next({}).value());
  ASSERT_EQ(probe.recalls().size(), 2U);
  EXPECT_EQ(probe.recalls().front().kind, "composed");
  EXPECT_EQ(probe.recalls().front().recall, 0.5);
}

TEST_P(RecallProbeContract, CopiesOfOnePhotoAreAsGoodAsEachOther) {
  const std::vector<float> same = vector();
  fill([&same] { return same; });
  const ChangedSearcher other_copies(catalogue_->searcher(), [](auto& found) {
    for (domain::Neighbor& one : found) one.item = ItemId{kProbeItems + 1 - one.item.value};
  });
  RecallProbe probe = this->probe(other_copies);
  probe.offer("photo", same, select("{}"), false);
  EXPECT_TRUE(probe.measure_next({}).value());
  EXPECT_EQ(probe.recall(), 1);
}

TEST_P(RecallProbeContract, OneInSoManyIsMeasured) {
  fill();
  RecallProbe probe = this->probe(catalogue_->searcher(), {.one_in = 5});
  for (int i = 0; i < 14; ++i) probe.offer("item", vector(), select("{}"), false);
  EXPECT_TRUE(probe.measure_next({}).value());
  EXPECT_TRUE(probe.measure_next({}).value());
  EXPECT_FALSE(probe.measure_next({}).value());
}

TEST_P(RecallProbeContract, FurtherQueriesAreDropped) {
  fill();
  RecallProbe probe = this->probe(catalogue_->searcher());
  for (std::size_t i = 0; i < RecallProbe::kMaxWaiting + 3; ++i) {
    probe.offer("item", vector(), select("{}"), false);
  }
  EXPECT_TRUE(has_line(R"(fit_recall_probes_total{outcome="dropped"} 3)"));
}

TEST_P(RecallProbeContract, LargeSelectionsAreNotMeasured) {
  fill();
  RecallProbe probe = this->probe(catalogue_->searcher(), {.one_in = 1, .max_items = 100});
  probe.offer("item", vector(), select("{}"), false);
  EXPECT_TRUE(probe.measure_next({}).value());
  EXPECT_FALSE(probe.recall());
  EXPECT_TRUE(has_line(R"(fit_recall_probes_total{outcome="too_large"} 1)"));
  probe.offer("item", vector(), select(R"({"brand":"rare"})"), false);
  EXPECT_TRUE(probe.measure_next({}).value());
  EXPECT_EQ(probe.recalls().front().selectivity, Selectivity::kNarrow) << "by the number of all images";
}

TEST_P(RecallProbeContract, AStopEndsAMeasurement) {
  fill();
  RecallProbe probe = this->probe(catalogue_->searcher());
  probe.offer("item", vector(), select("{}"), false);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(probe.measure_next(stop.get_token()).error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(probe.recall());
}

TEST_P(RecallProbeContract, AnEmptyCatalogueSaysNothing) {
  RecallProbe probe = this->probe(catalogue_->searcher());
  probe.offer("item", vector(), select("{}"), false);
  EXPECT_TRUE(probe.measure_next({}).value());
  EXPECT_FALSE(probe.recall());
}

TEST_P(RecallProbeContract, TheThreadMeasuresWhatIsOffered) {
  fill();
  RecallProbe probe = this->probe(catalogue_->searcher());
  probe.start();
  probe.offer("photo", vector(), select("{}"), false);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!probe.recall() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(probe.recall(), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, RecallProbeContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::search

#include "catalog/property_backfill.h"

#include <gtest/gtest.h>

#include <format>

#include "catalog/test_support.h"

namespace fit::catalog {
namespace {

using domain::Origin;
using domain::PropertyOrigin;
using testing::Bench;
using testing::index_of;

class PropertyBackfillTest : public ::testing::Test {
 protected:
  // Items of an older program version, with the seller's properties alone.
  void put_unfilled(int count) {
    for (int i = 0; i < count; ++i) {
      ItemInput input =
          testing::shop_row(std::to_string(i), "Red cotton dress", {static_cast<std::uint64_t>(i)});
      if (i % 2 == 0) input.listing.properties[index_of("primary_color")] = "teal";
      const auto outcome = bench_.catalog->put(input);
      ASSERT_TRUE(outcome) << outcome.error().describe();
      const auto item = *bench_.store->items().get(outcome->id);
      const domain::PropertiesWrite put{item.version(), input.listing.properties, {}};
      ASSERT_EQ(bench_.store->items().put_properties(std::span(&put, 1)), 1);
    }
  }

  PropertyBackfillReport run(const PropertyBackfillOptions& options = {}) {
    PropertyBackfillReport report;
    const auto filled = PropertyBackfill(bench_.catalog->writer()).run(options, {}, {}, report);
    EXPECT_TRUE(filled) << filled.error().describe();
    return report;
  }

  static PropertyBackfillReport::Counts of(const PropertyBackfillReport& report, std::string_view property) {
    return report.properties[index_of(property)];
  }

  Bench bench_;
};

TEST_F(PropertyBackfillTest, FillsOpenPropertiesAndARepeatedRunWritesNothing) {
  put_unfilled(10);
  const int embedded = bench_.embedder.embedded_images;
  const auto report = run({.batch_size = 3});
  EXPECT_EQ(report.items, 10);
  EXPECT_EQ(report.changed, 10);
  EXPECT_EQ(report.overtaken, 0);
  EXPECT_EQ(of(report, "primary_color").added, 5);
  EXPECT_EQ(of(report, "primary_color").changed, 0);
  EXPECT_EQ(of(report, "material").added, 10);
  EXPECT_EQ(of(report, "pattern").added, 0);
  EXPECT_EQ(bench_.embedder.embedded_images, embedded);
  for (const auto& item : bench_.items()) {
    const bool is_given = item.listing.properties[index_of("primary_color")] == "teal";
    EXPECT_EQ(item.origins[index_of("primary_color")].origin, is_given ? Origin::kSeller : Origin::kText);
    EXPECT_EQ(item.listing.properties[index_of("material")], "cotton");
  }
  const auto before = *bench_.store->changes().position();
  EXPECT_EQ(run().changed, 0);
  EXPECT_EQ(*bench_.store->changes().position(), before);
}

TEST_F(PropertyBackfillTest, DryRunsWriteNothing) {
  put_unfilled(4);
  const auto before = *bench_.store->changes().position();
  const int changes = bench_.changes;
  const auto report = run({.dry_run = true, .batch_size = 2});
  EXPECT_EQ(report.changed, 4);
  EXPECT_EQ(of(report, "material").added, 4);
  EXPECT_EQ(*bench_.store->changes().position(), before);
  EXPECT_EQ(bench_.changes, changes);
  EXPECT_EQ(bench_.items()[0].listing.properties[index_of("material")], "");
  EXPECT_EQ(run().changed, 4);
}

TEST_F(PropertyBackfillTest, PredictsFromStoredVectorsAndKeepsPredictions) {
  put_unfilled(3);
  bench_.embedder.predicts = true;
  auto report = run();
  EXPECT_EQ(of(report, "pattern").added, 3);
  EXPECT_EQ(bench_.embedder.predicted, 3);
  const auto seen = bench_.items()[0].origins;
  EXPECT_EQ(seen[index_of("pattern")], (PropertyOrigin{Origin::kPhoto, 0.91F}));

  // A model that predicts nothing removes no values.
  bench_.embedder.predicts = false;
  report = run();
  EXPECT_EQ(report.changed, 0);
  EXPECT_EQ(bench_.items()[0].origins, seen);
}

TEST_F(PropertyBackfillTest, RemovesValuesThatAreNoLongerPredicted) {
  bench_.embedder.predicts = true;
  const ItemId id = bench_.catalog->put(testing::shop_row("1", "", {1}))->id;
  EXPECT_EQ(bench_.store->items().get(id)->listing.properties[index_of("subcategory")], "hoodie");
  bench_.embedder.sure = 0.7F;
  auto report = run();
  EXPECT_EQ(of(report, "subcategory").restated, 1);
  EXPECT_EQ(of(report, "subcategory").doubtful, 1);
  EXPECT_EQ(of(report, "pattern").doubtful, 0);
  bench_.embedder.sure = 0.3F;
  report = run();
  EXPECT_EQ(of(report, "subcategory").removed, 1);
  EXPECT_EQ(of(report, "category").removed, 1);
  EXPECT_EQ(bench_.store->items().get(id)->listing.properties[index_of("category")], "");
}

TEST_F(PropertyBackfillTest, ResumesAfterAStop) {
  put_unfilled(6);
  std::stop_source stop;
  PropertyBackfillReport half;
  const auto stopped = PropertyBackfill(bench_.catalog->writer())
                           .run(
                               {.batch_size = 2},
                               [&](std::int64_t done, std::int64_t) {
                                 if (done >= 4) stop.request_stop();
                               },
                               stop.get_token(), half);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(half.changed, 4);
  EXPECT_EQ(half.last, bench_.items()[3].id);
  const auto rest = run({.after = half.last});
  EXPECT_EQ(rest.items, 2);
  EXPECT_EQ(rest.changed, 2);
  EXPECT_EQ(run().changed, 0);
}

TEST_F(PropertyBackfillTest, EndsWhenTheModelIsUnavailable) {
  put_unfilled(2);
  bench_.embedder.predicts = true;
  bench_.embedder.unavailable = true;
  PropertyBackfillReport report;
  const auto filled = PropertyBackfill(bench_.catalog->writer()).run({}, {}, {}, report);
  ASSERT_FALSE(filled);
  EXPECT_EQ(filled.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(bench_.items()[0].listing.properties[index_of("material")], "");
}

TEST_F(PropertyBackfillTest, AnEmptyCatalogueIsDoneAtOnce) {
  EXPECT_EQ(run().items, 0);
}

}  // namespace
}  // namespace fit::catalog

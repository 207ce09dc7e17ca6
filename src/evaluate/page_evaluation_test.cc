#include "evaluate/page_evaluation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/temp_dir.h"

namespace fit::evaluate {
namespace {

const FieldScore& score_of(const PageEvaluation& evaluation, std::string_view field) {
  return *std::ranges::find(evaluation.scores, field, &FieldScore::field);
}

TEST(PageEvaluation, CountsAsThePublishedBenchmark) {
  const TempDir folder;
  std::filesystem::create_directory(folder.path() / "html");
  std::ofstream(folder.path() / "html/a.html")
      << "<h1>Cap</h1><span class=price>$9.50</span><p>SKU: C-100</p>";
  std::ofstream(folder.path() / "html/b.html") << "<h1>Hat</h1><span class=price>$7.00</span><p>Sold out</p>";
  std::ofstream(folder.path() / "ground-truth.json") << R"({
    "a": {"url": "https://a.example/cap", "price": ["9.5", "10"], "sku": ["X-1"], "availability": ["InStock"]},
    "b": {"url": "https://a.example/hat", "sku": ["H-200"], "availability": ["InStock"]}})";
  const auto done = evaluate_pages(folder.path(), {});
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->pages, 2);
  const FieldScore& price = score_of(*done, "price");
  EXPECT_EQ(price.true_positives, 1);
  EXPECT_EQ(price.false_positives, 1);  // the page has no annotated price
  EXPECT_EQ(price.false_negatives, 0);
  const FieldScore& sku = score_of(*done, "sku");
  EXPECT_EQ(sku.false_positives, 1);
  EXPECT_EQ(sku.false_negatives, 2);
  EXPECT_EQ(sku.f1(), 0);
  EXPECT_DOUBLE_EQ(score_of(*done, "availability").f1(), 0.5);
  EXPECT_EQ(evaluate_pages(folder.path() / "none", {}).error().code, ErrorCode::kNotFound);
}

TEST(PageEvaluation, ReadsRealShopPages) {
  const std::filesystem::path folder = std::filesystem::path(FIT_SOURCE_DIR) / "../shared/data/product-pages";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "needs " << folder;
  const auto done = evaluate_pages(folder, {});
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_GE(score_of(*done, "price").f1(), 0.85);
  EXPECT_GE(score_of(*done, "sku").f1(), 0.70);
  EXPECT_GE(score_of(*done, "availability").f1(), 0.90);
}

}  // namespace
}  // namespace fit::evaluate

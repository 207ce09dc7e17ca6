#include "search/merged_results.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

#include "search/summed_facets.h"

namespace fit::search {
namespace {

Hit similar_hit(std::int64_t id, double similarity, std::optional<double> relevance = {}) {
  Hit hit;
  hit.item.id = ItemId{id};
  hit.similarity = similarity;
  hit.score = similarity;
  hit.relevance = relevance;
  return hit;
}

TenantPage page_of(const std::string& tenant, const std::string& space, std::vector<Hit> hits) {
  TenantPage page{.tenant = tenant, .results = {}, .position = {}};
  page.results.space = space;
  page.results.hits = std::move(hits);
  return page;
}

// The merged results as "a1 b2": tenant and item.
std::string merged_text(const std::vector<TenantPage>& pages, const MergedResults& merged) {
  std::string text;
  for (const auto& [page, hit] : merged.hits) {
    text += (text.empty() ? "" : " ") + pages[page].tenant + pages[page].results.hits[hit].item.id.str();
  }
  return text;
}

std::string merged_text(const std::vector<TenantPage>& pages, const MergeOptions& options = {}) {
  return merged_text(pages, merge_results(pages, options));
}

TEST(MergedResults, OfOneSpaceAreOrderedBySimilarity) {
  // The relevance would order them otherwise.
  const std::vector pages = {page_of("a", "palette", {similar_hit(1, 0.9, 0.1), similar_hit(2, 0.5, 0.1)}),
                             page_of("b", "palette", {similar_hit(7, 0.8, 0.9), similar_hit(8, 0.4, 0.9)})};
  EXPECT_EQ(merged_text(pages), "a1 b7 a2 b8");
  EXPECT_EQ(merge_results(pages, {}).order, MergeOrder::kSimilarity);
}

TEST(MergedResults, OfDifferentSpacesAreOrderedByRelevance) {
  const std::vector pages = {page_of("a", "palette", {similar_hit(1, 0.9, 0.3), similar_hit(2, 0.8, 0.2)}),
                             page_of("b", "builtin", {similar_hit(7, 0.7, 0.8), similar_hit(8, 0.6, 0.25)})};
  EXPECT_EQ(merged_text(pages), "b7 a1 b8 a2");
  EXPECT_EQ(merge_results(pages, {}).order, MergeOrder::kRelevance);
}

TEST(MergedResults, OrderedByPriceAreComparedInTheCurrencyOfTheQuery) {
  const auto priced = [](std::int64_t id, double price, const std::string& currency) {
    Hit hit;
    hit.item.id = ItemId{id};
    hit.item.listing.price = price;
    hit.item.listing.currency = currency;
    return hit;
  };
  std::vector pages = {page_of("a", "palette", {priced(1, 1600, "JPY"), priced(2, 1, "CHF")}),
                       page_of("b", "palette", {priced(7, 9, "EUR"), priced(8, 20, "EUR")})};
  const domain::PriceUnit euros{.currency = "EUR", .factors = {{"EUR", 1}, {"JPY", 0.00625}}, .rates = 5};
  const MergeOptions options{.sort = domain::SortOrder::kLowestPrice};
  EXPECT_EQ(merged_text(pages, options), "b7 b8 a1 a2") << "amounts";
  for (TenantPage& page : pages) page.results.order_unit = euros;
  EXPECT_EQ(merged_text(pages, options), "b7 a1 b8 a2");
  EXPECT_EQ(merge_results(pages, options).positions.at(0).cursor.rates, 5U);
  EXPECT_EQ(merge_results(pages, {.sort = domain::SortOrder::kNewest}).positions.at(0).cursor.rates, 0U);
}

TEST(MergedResults, WithoutARelevanceTheyTakeTurns) {
  const std::vector pages = {
      page_of("a", "palette", {similar_hit(1, 0.9, 0.3), similar_hit(2, 0.8, 0.2)}),
      page_of("b", "own", {similar_hit(7, 0.2), similar_hit(8, 0.1), similar_hit(9, 0.1)})};
  EXPECT_EQ(merged_text(pages), "a1 b7 a2 b8 b9");
  const std::vector without_vectors = {
      page_of("a", "own", {similar_hit(1, std::nan("")), similar_hit(2, std::nan(""))}),
      page_of("b", "own", {similar_hit(7, std::nan(""))})};
  EXPECT_EQ(merged_text(without_vectors), "a1 b7 a2");
}

TEST(MergedResults, OfEqualsTheEarlierTenantComesFirstAndDuplicatesStay) {
  const std::vector pages = {page_of("a", "palette", {similar_hit(1, 0.5), similar_hit(2, 0.5)}),
                             page_of("b", "palette", {similar_hit(1, 0.5), similar_hit(2, 0.5)})};
  EXPECT_EQ(merged_text(pages), "a1 a2 b1 b2");
}

TEST(MergedResults, TheKindComesFirst) {
  auto pages = std::vector{page_of("a", "palette", {similar_hit(1, 0.9)}),
                           page_of("b", "palette", {similar_hit(7, 0.2)})};
  pages[0].results.hits[0].tier = KindTier::kOtherKind;
  EXPECT_EQ(merged_text(pages), "b7 a1");
}

TEST(MergedResults, EachTenantKeepsItsOrder) {
  // Words rank the second result above the first by another measure than similarity.
  const std::vector pages = {page_of("a", "palette", {similar_hit(1, 0.3), similar_hit(2, 0.9)}),
                             page_of("b", "palette", {similar_hit(7, 0.5)})};
  EXPECT_EQ(merged_text(pages), "b7 a1 a2");
}

TEST(MergedResults, AreOrderedByAValue) {
  auto pages = std::vector{page_of("a", "x", {similar_hit(1, 0.1), similar_hit(2, 0.9)}),
                           page_of("b", "y", {similar_hit(7, 0.1), similar_hit(8, 0.2)})};
  pages[0].results.hits[0].item.listing.price = 5;
  pages[0].results.hits[1].item.listing.price = 30;
  pages[1].results.hits[0].item.listing.price = 10;
  EXPECT_EQ(merged_text(pages, {.sort = domain::SortOrder::kLowestPrice}), "a1 b7 a2 b8")
      << "without a price last";
}

TEST(MergedResults, NothingIsMergedOfNothing) {
  EXPECT_TRUE(merge_results({}, {}).hits.empty());
  const std::vector pages = {page_of("a", "palette", {}), page_of("b", "builtin", {})};
  const auto merged = merge_results(pages, {});
  EXPECT_TRUE(merged.hits.empty());
  EXPECT_FALSE(merged.has_more);
  EXPECT_TRUE(merged.positions.empty());
}

// The catalogues of a few tenants, which answer with pages as a search engine does.
class PagedTenants {
 public:
  explicit PagedTenants(unsigned seed) {
    std::mt19937 random(seed);
    for (std::size_t t = 0; t < 4; ++t) {
      auto& hits = tenants_.emplace_back();
      const std::size_t count = random() % 30;
      for (std::size_t i = 0; i < count; ++i) {
        hits.push_back(similar_hit(static_cast<std::int64_t>(i + 1), static_cast<double>(random() % 8) / 8));
      }
      std::ranges::sort(hits, comes_before, &Hit::sort_key);
    }
  }

  std::vector<TenantPage> pages(const std::vector<TenantPosition>& positions, std::size_t limit) const {
    std::vector<TenantPage> pages;
    for (std::size_t t = 0; t < tenants_.size(); ++t) {
      const std::string name(1, static_cast<char>('a' + t));
      const auto at = std::ranges::find(positions, name, &TenantPosition::tenant);
      if (at != positions.end() && at->is_done) continue;
      TenantPage page = page_of(name, "palette", {});
      if (at != positions.end()) page.position = at->cursor;
      for (std::size_t i = page.position.returned; i < tenants_[t].size() && page.results.hits.size() < limit;
           ++i) {
        page.results.hits.push_back(tenants_[t][i]);
      }
      if (page.results.hits.size() == limit) page.results.next_cursor = "next";
      pages.push_back(std::move(page));
    }
    return pages;
  }

 private:
  std::vector<std::vector<Hit>> tenants_;
};

TEST(MergedResults, PagesNeitherRepeatNorLoseResults) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    const PagedTenants tenants(seed);
    const std::string whole = merged_text(tenants.pages({}, 1000), {.limit = 1000});
    std::string paged;
    FederatedCursor cursor;
    for (bool has_more = true; has_more;) {
      const auto pages = tenants.pages(cursor.positions, 7);
      const auto merged = merge_results(pages, {.limit = 7});
      const std::string text = merged_text(pages, merged);
      if (!paged.empty() && !text.empty()) paged += " ";
      paged += text;
      for (const TenantPosition& one : merged.positions) {
        std::erase_if(cursor.positions, [&](const TenantPosition& old) { return old.tenant == one.tenant; });
        cursor.positions.push_back(one);
      }
      const auto read = decode_federated_cursor(encode_cursor(cursor));
      ASSERT_TRUE(read);
      cursor = *read;
      has_more = merged.has_more;
    }
    EXPECT_EQ(paged, whole) << "seed " << seed;
  }
}

TEST(FederatedCursor, IsReadAsItWasWritten) {
  const FederatedCursor cursor{
      .query = 42,
      .order = MergeOrder::kRelevance,
      .positions = {
          {.tenant = "a",
           .cursor = {.last = {.score = 0.5, .item = ItemId{3}}, .returned = 4, .query = 5, .space = 6}},
          {.tenant = "shop-2", .cursor = {.last = {}, .returned = 9}, .is_done = true}}};
  const auto read = decode_federated_cursor(encode_cursor(cursor));
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_EQ(read->query, 42U);
  EXPECT_EQ(read->order, MergeOrder::kRelevance);
  ASSERT_EQ(read->positions.size(), 2U);
  EXPECT_EQ(read->positions[0].cursor.last.item, ItemId{3});
  EXPECT_EQ(read->positions[0].cursor.returned, 4U);
  EXPECT_EQ(read->positions[0].cursor.query, 5U);
  EXPECT_EQ(read->positions[1].tenant, "shop-2");
  EXPECT_TRUE(read->positions[1].is_done);
}

TEST(FederatedCursor, OtherTextsAreRefused) {
  const std::string good =
      encode_cursor(FederatedCursor{.query = 1, .positions = {{.tenant = "a", .cursor = {}}}});
  std::vector<std::string> others = {"", "AAAA", "%", std::string(3'000'000, 'A'), encode_cursor(Cursor{})};
  for (std::size_t i = 0; i < good.size(); i += 3) {
    std::string damaged = good;
    damaged[i] = damaged[i] == 'B' ? 'C' : 'B';
    others.push_back(std::move(damaged));
  }
  for (std::size_t length = 0; length < good.size(); length += 5) others.push_back(good.substr(0, length));
  for (const std::string& text : others) {
    const auto read = decode_federated_cursor(text);
    ASSERT_FALSE(read) << text.substr(0, 100);
    EXPECT_EQ(read.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(read.error().field, "cursor");
  }
}

TEST(SummedFacets, CountEqualValuesTogether) {
  auto pages = std::vector{page_of("a", "x", {}), page_of("b", "x", {})};
  pages[0].results.facets = {
      {.name = "brand", .values = {{"Gap", 3}, {"Zara", 2}}, .others = 1, .missing = 4},
      {.name = "price", .missing = 1, .lowest = 5, .highest = 9, .histogram = {{5, 10, 3}}}};
  pages[1].results.facets = {
      {.name = "brand", .values = {{"zara", 4}}, .missing = 1},
      {.name = "price", .lowest = 8, .highest = 30, .histogram = {{5, 10, 1}, {10, 20, 0}, {20, 50, 2}}}};
  const auto facets = sum_facets(pages);
  ASSERT_EQ(facets.size(), 2U);
  ASSERT_EQ(facets[0].values.size(), 2U);
  EXPECT_EQ(facets[0].values[0].value, "Zara");
  EXPECT_EQ(facets[0].values[0].count, 6U);
  EXPECT_EQ(facets[0].values[1].count, 3U);
  EXPECT_EQ(facets[0].others, 1U);
  EXPECT_EQ(facets[0].missing, 5U);
  EXPECT_EQ(facets[1].lowest, 5);
  EXPECT_EQ(facets[1].highest, 30);
  ASSERT_EQ(facets[1].histogram.size(), 3U);
  EXPECT_EQ(facets[1].histogram[0].count, 4U);
  EXPECT_EQ(facets[1].histogram[2].count, 2U);
}

}  // namespace
}  // namespace fit::search

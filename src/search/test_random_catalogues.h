#pragma once

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/format.h"
#include "embed/embedder.h"
#include "search/test_catalogue.h"

namespace fit::search {

// Two catalogues with the same random items, for tests that compare implementations: one in memory (SQLite),
// and one of another engine. Items have one to three images; ids are the same in both.
class RandomCatalogues {
 public:
  static constexpr int kDimensions = 8;

  explicit RandomCatalogues(const store::testing::Engine& engine)
      : memory_(store::testing::engines()[0], "test", kDimensions), other_(engine, "test", kDimensions) {}

  TestCatalogue& memory() { return memory_; }
  TestCatalogue& other() { return other_; }

  void fill(int count) {
    std::vector<domain::ItemWrite> items;
    for (int i = 0; i < count; ++i) items.push_back(item(i));
    write(items);
  }

  void write(const std::vector<domain::ItemWrite>& items) {
    for (TestCatalogue* const one : {&memory_, &other_}) {
      one->store().items().upsert(items).value();
      one->catch_up();
    }
  }

  domain::ItemWrite item(int number) {
    static constexpr std::array<std::string_view, 4> kColours = {"red", "Blue", "green", ""};
    domain::ItemWrite item = store::testing::make_item(number);
    item.content_hash = fit::format("{}-{}", number, random_());
    item.images.clear();
    item.listing.brand = random_() % 4 == 0 ? "" : random_() % 2 == 0 ? "Gap" : "gap";
    item.listing.status = random_() % 10 == 0 ? "sold" : "active";
    item.listing.properties[*domain::property_index("primary_color")] = kColours[random_() % 4];
    if (random_() % 5 == 0) item.listing.price.reset();
    if (random_() % 3 == 0) item.listing.currency = random_() % 2 == 0 ? "USD" : "";
    for (std::uint32_t i = 0; i <= random_() % 3; ++i) {
      domain::ImageWrite image = store::testing::make_image(number * 10 + static_cast<int>(i));
      image.vectors = {{memory_.space().id, vector()}};
      item.images.push_back(std::move(image));
    }
    return item;
  }

  // A unit vector of half-precision numbers, which both engines store exactly.
  std::vector<float> vector() {
    std::vector<float> values(kDimensions);
    for (float& value : values) value = normal_(random_);
    embed::normalize(values, kDimensions, "test").value();
    for (float& value : values) value = static_cast<float>(static_cast<_Float16>(value));
    return values;
  }

  Filter filter() {
    Filter filter;
    if (random_() % 2 == 0) filter.any_of.push_back({"primary_color", {"RED", "blue"}});
    if (random_() % 3 == 0) filter.none_of.push_back({"brand", {"gap"}});
    if (random_() % 3 == 0) filter.min_price = random_() % 100;
    if (random_() % 3 == 0) filter.max_price = 50 + random_() % 200;
    if (random_() % 3 == 0) {
      const double least = random_() % 50;
      filter.converted = std::vector<domain::PriceRange>{{.currency = "EUR", .min = least, .max = least + 90},
                                                         {.currency = "USD", .min = 2 * least, .max = {}}};
      if (random_() % 2 == 0) filter.converted->at(0).min.reset();
    }
    if (random_() % 4 == 0) filter.any_of.push_back({"status", {"sold", "active"}});
    if (random_() % 4 == 0) filter.any_of.push_back({"pattern", {fit::format("patter-{}", random_() % 8)}});
    if (random_() % 3 == 0)
      filter.any_of.push_back({"category", {"catego-1", fit::format("catego-{}", random_() % 8)}});
    if (random_() % 4 == 0)
      filter.none_of.push_back({"category", {"catego-1", fit::format("catego-{}", random_() % 8)}});
    if (random_() % 5 == 0) {
      filter.listed_after = Timestamp(std::chrono::microseconds(1'700'000'000'000'000 + random_() % 2000));
    }
    return filter;
  }

 private:
  std::mt19937 random_{11};
  std::normal_distribution<float> normal_;
  TestCatalogue memory_;
  TestCatalogue other_;
};

// The engines whose database searches vectors.
inline std::vector<store::testing::Engine> searching_engines() {
  auto engines = store::testing::engines_and_partitions();
  engines.erase(engines.begin());
  return engines;
}

// The ids in ascending order, because the order of nearly equal similarities differs between engines.
inline std::vector<std::int64_t> sorted_ids(const std::vector<domain::Neighbor>& found) {
  std::vector<std::int64_t> ids;
  for (const auto& one : found) ids.push_back(one.item.value);
  std::ranges::sort(ids);
  return ids;
}

}  // namespace fit::search

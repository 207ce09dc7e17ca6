#include "index/top_items.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace fit::index {
namespace {

TEST(TopItems, KeepsTheBestItemsByTheirBestImages) {
  std::mt19937 random(1);
  for (const std::size_t limit : {1, 7, 100, 100'000}) {
    for (const float least : {-1.0F, 0.5F}) {
      TopItems top(limit, least);
      std::map<ItemId, std::pair<float, ImageId>> best;
      for (std::int64_t image = 1; image <= 20'000; ++image) {
        const ItemId item{1 + static_cast<std::int64_t>(random() % 3000)};
        const float similarity = static_cast<float>(random() % 500) / 500;  // many are equal
        top.add(item, {image}, similarity);
        if (similarity < least) continue;
        const auto [entry, fresh] = best.try_emplace(item, similarity, ImageId{image});
        if (!fresh && similarity > entry->second.first) entry->second = {similarity, {image}};
      }
      std::vector<domain::Neighbor> truth;
      for (const auto& [item, b] : best) truth.push_back({item, b.second, b.first});
      std::ranges::stable_sort(truth, std::greater{}, &domain::Neighbor::similarity);
      truth.resize(std::min(limit, truth.size()));
      const auto found = top.take();
      ASSERT_EQ(found.size(), truth.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i].item, truth[i].item);
        EXPECT_EQ(found[i].image, truth[i].image);
        EXPECT_EQ(found[i].similarity, truth[i].similarity);
      }
    }
  }
}

}  // namespace
}  // namespace fit::index

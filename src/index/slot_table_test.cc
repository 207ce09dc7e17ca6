#include "index/slot_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace fit::index {
namespace {

TEST(ItemSet, HoldsWhatWasInserted) {
  ItemSet set(std::vector<ItemId>{{1}, {63}, {64}, {1000}, {64}, {0}, {-5}});
  EXPECT_EQ(set.size(), 4U);
  for (const std::int64_t item : {1, 63, 64, 1000}) EXPECT_TRUE(set.contains({item}));
  for (const std::int64_t item : {0, 2, 62, 65, 999, 1'000'000}) EXPECT_FALSE(set.contains({item}));
}

TEST(SlotTable, AgreesWithMapsThroughRandomChanges) {
  SlotTable table;
  std::map<ImageId, ItemId> images;
  std::mt19937 random(1);
  for (int step = 0; step < 4000; ++step) {
    const ImageId image{1 + static_cast<std::int64_t>(random() % 300)};
    const ItemId item{1 +
                      static_cast<std::int64_t>(random() % 100) * (random() % 2 == 0 ? 1 : 1'000'000'007)};
    if (random() % 3 == 0) {
      EXPECT_EQ(table.erase(image), images.erase(image) == 1);
    } else {
      const Slot slot = table.append(image, item);
      EXPECT_FALSE(table.is_live(slot)) << "pending";
      if (random() % 10 == 0) {
        table.abandon(slot);
      } else {
        table.publish(slot);
        images[image] = item;
      }
    }
    if (step % 1000 == 999) table = table.compacted();
  }
  std::map<ItemId, std::set<ImageId>> items;
  for (const auto& [image, item] : images) items[item].insert(image);
  EXPECT_EQ(table.live(), images.size());
  EXPECT_EQ(table.items(), items.size());
  EXPECT_EQ(table.live_slots().size(), images.size());
  for (const auto& [image, item] : images) {
    const Slot slot = table.slot_of(image);
    ASSERT_NE(slot, kNoSlot);
    EXPECT_EQ(table.item(slot), item);
    EXPECT_EQ(table.image(slot), image);
  }
  ItemSet filter;
  std::set<ImageId> wanted;
  for (const auto& [item, held] : items) {
    const auto found = table.images_of(item);
    EXPECT_EQ(std::set<ImageId>(found.begin(), found.end()), held);
    if (item.value > 100 || random() % 2 == 0) continue;
    filter.insert(item);
    wanted.insert(held.begin(), held.end());
  }
  EXPECT_EQ(table.count_items(filter), filter.size());
  filter.insert({101});  // an item without images
  EXPECT_EQ(table.count_items(filter), filter.size() - 1);
  std::set<ImageId> collected;
  for (const Slot slot : table.collect(filter)) {
    EXPECT_TRUE(table.matches(slot, &filter));
    collected.insert(table.image(slot));
  }
  EXPECT_EQ(collected, wanted);
  std::vector<std::uint64_t> bits(table.size() / 64 + 1);
  table.mark(filter, bits);
  for (Slot slot = 0; slot < table.size(); ++slot)
    EXPECT_EQ((bits[slot / 64] >> (slot % 64) & 1) != 0, table.matches(slot, &filter)) << slot;
}

TEST(SlotTable, RestoresAndRefusesNonsense) {
  SlotTable table;
  EXPECT_TRUE(table.restore(std::vector<std::int64_t>{5, 6, 5}, std::vector<std::int64_t>{1, 1, 0}));
  EXPECT_EQ(table.live(), 2U);
  EXPECT_EQ(table.dead(), 1U);
  EXPECT_FALSE(SlotTable().restore(std::vector<std::int64_t>{5, 5}, std::vector<std::int64_t>{1, 1}));
  EXPECT_FALSE(SlotTable().restore(std::vector<std::int64_t>{5}, std::vector<std::int64_t>{-1}));
}

}  // namespace
}  // namespace fit::index

#include "alerts/events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fit::alerts {
namespace {

using ::testing::ElementsAre;

constexpr Timestamp kSaved{std::chrono::hours(1000)};
Timestamp hour(int number) {
  return kSaved + std::chrono::hours(number);
}

PlannedSearch wanting(std::vector<Event> events, std::int64_t id = 1) {
  PlannedSearch search;
  search.saved.id = SavedSearchId{id};
  search.saved.recipient = RecipientId{9};
  search.saved.options.events = std::move(events);
  search.saved.after_item = ItemId{100};
  search.saved.created_at = kSaved;
  return search;
}

domain::ItemState state(int since, double price, std::string status = "active") {
  return {.since = hour(since), .price = price, .currency = "EUR", .status = std::move(status)};
}

Alert told_alert(Event event, int since, double price, int created) {
  return {.recipient = RecipientId{9},
          .item = ItemId{5},
          .event = event,
          .price = price,
          .currency = "EUR",
          .state_since = hour(since),
          .created_at = hour(created)};
}

std::optional<NewAlert> decided(const std::vector<PlannedSearch>& searches, std::int64_t item,
                                const std::vector<domain::ItemState>& history,
                                const std::vector<Alert>& told = {}, int time = 50) {
  std::vector<const PlannedSearch*> pointers;
  for (const PlannedSearch& one : searches) pointers.push_back(&one);
  domain::ItemRecord record;
  record.id = ItemId{item};
  return decide({.searches = pointers, .item = record, .history = history, .told = told, .time = hour(time)});
}

TEST(Decide, ANewItemIsToldOnce) {
  const std::vector<PlannedSearch> searches = {wanting({Event::kNew})};
  EXPECT_FALSE(decided(searches, 100, {state(1, 10)})) << "it was there before the search";
  const auto alert = decided(searches, 101, {state(1, 10)});
  ASSERT_TRUE(alert);
  EXPECT_EQ(alert->alert.event, Event::kNew);
  EXPECT_EQ(alert->alert.price, 10);
  EXPECT_FALSE(decided(searches, 101, {state(1, 10)}, {told_alert(Event::kNew, 1, 10, 1)}));
  EXPECT_FALSE(decided(searches, 101, {state(1, 10), state(2, 5)}, {told_alert(Event::kNew, 1, 10, 1)}))
      << "nobody asked for prices";
}

TEST(Decide, OneAlertIsOfAllSearchesAndEachChannelDeliversOnce) {
  std::vector<PlannedSearch> searches = {wanting({Event::kNew}, 1), wanting({Event::kNew}, 2),
                                         wanting({Event::kRestock}, 3)};
  searches[0].saved.options.schedule = Schedule::kWeekly;
  searches[1].saved.options.channels = {{}, {.kind = Channel::Kind::kPush}};
  const auto alert = decided(searches, 101, {state(1, 10)});
  ASSERT_TRUE(alert);
  EXPECT_THAT(alert->searches, ElementsAre(SavedSearchId{1}, SavedSearchId{2}));
  ASSERT_EQ(alert->deliveries.size(), 2U);
  EXPECT_EQ(alert->deliveries[0].channel, "email");
  EXPECT_EQ(alert->deliveries[0].search, SavedSearchId{2}) << "the sooner one";
  EXPECT_EQ(alert->deliveries[0].due_at, hour(50));
  EXPECT_EQ(alert->deliveries[1].channel, "push");
}

TEST(Decide, AFallIsToldWhenItIsMoreThanAFlutter) {
  const std::vector<PlannedSearch> searches = {wanting({Event::kPriceDown})};
  EXPECT_FALSE(decided(searches, 5, {state(-9, 100)}));
  EXPECT_FALSE(decided(searches, 5, {state(-9, 100), state(1, 98)})) << "2 %";
  const auto alert = decided(searches, 5, {state(-9, 100), state(1, 97.9)});
  ASSERT_TRUE(alert);
  EXPECT_EQ(alert->alert.event, Event::kPriceDown);
  EXPECT_EQ(alert->alert.old_price, 100);
  EXPECT_FALSE(decided(searches, 5, {state(-9, 100), state(-1, 90)})) << "before the search was saved";
  EXPECT_FALSE(decided(searches, 5, {state(-9, 100), state(1, 120)}));
  EXPECT_TRUE(decided(searches, 5, {state(-9, 100), state(1, 99), state(2, 98), state(3, 97)}))
      << "small steps add up";
}

TEST(Decide, APriceThatFluttersIsToldOnce) {
  const std::vector<PlannedSearch> searches = {wanting({Event::kPriceDown})};
  const std::vector<Alert> told = {told_alert(Event::kPriceDown, 1, 90, 1)};
  EXPECT_FALSE(decided(searches, 5, {state(-9, 100), state(1, 90)}, told)) << "the same state";
  EXPECT_FALSE(decided(searches, 5, {state(-9, 100), state(1, 90), state(2, 100), state(3, 90)}, told));
  EXPECT_FALSE(decided(searches, 5, {state(-9, 100), state(1, 90), state(2, 100), state(3, 89)}, told));
  EXPECT_TRUE(decided(searches, 5, {state(-9, 100), state(1, 90), state(2, 100), state(3, 80)}, told));
}

TEST(Decide, OddPricesAreNone) {
  const std::vector<PlannedSearch> searches = {wanting({Event::kPriceDown})};
  EXPECT_FALSE(decided(searches, 5, {state(-9, 100), state(1, 0)})) << "0 EUR is a mistake";
  auto other = state(1, 50);
  other.currency = "USD";
  EXPECT_FALSE(decided(searches, 5, {state(-9, 100), other}));
  EXPECT_TRUE(decided(searches, 5, {state(-9, 100), state(1, 0), state(2, 80)}));
  auto none = state(1, 0);
  none.price.reset();
  EXPECT_FALSE(decided(searches, 5, {state(-9, 100), none}));
}

TEST(Decide, AnItemThatIsBackIsToldOnceADay) {
  const std::vector<PlannedSearch> searches = {wanting({Event::kRestock})};
  const std::vector<domain::ItemState> back = {state(-9, 10), state(1, 10, "sold"), state(2, 10)};
  const auto alert = decided(searches, 5, back);
  ASSERT_TRUE(alert);
  EXPECT_EQ(alert->alert.event, Event::kRestock);
  EXPECT_FALSE(decided(searches, 5, {state(-9, 10), state(1, 12)}));
  std::vector<domain::ItemState> again = back;
  again.push_back(state(3, 10, "sold"));
  again.push_back(state(4, 10));
  EXPECT_FALSE(decided(searches, 5, again, {told_alert(Event::kRestock, 2, 10, 2)}, 5));
  EXPECT_TRUE(decided(searches, 5, again, {told_alert(Event::kRestock, 2, 10, 2)}, 30));
}

}  // namespace
}  // namespace fit::alerts

// Trends of catalogues, on each engine.
#include "style/trends/trends.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "sql/sql_times.h"
#include "store/test_support.h"
#include "style/feedback/feedback_store.h"
#include "style/trends/trend_reader.h"
#include "style/trends/trend_service.h"

namespace fit::style {
namespace {

using std::chrono::days;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Timestamp kNow = parse_rfc3339("time", "2026-11-30T12:00:00Z").value();
constexpr std::size_t kWeek = 0;

const ontology::Ontology& garments() {
  static const ontology::Ontology ontology = ontology::Ontology::load().value();
  return ontology;
}

std::vector<std::string> values_of(const std::vector<Trend>& trends, TrendKind kind) {
  std::vector<std::string> values;
  for (const Trend& trend : trends) {
    if (trend.kind == kind) values.push_back(trend.value);
  }
  return values;
}

class TrendsContract : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "PostgreSQL is not installed";
    store_ = store::open_catalogue(GetParam().url(folder_)).value();
  }

  struct Given {
    std::string color;
    std::string brand;
    std::string status = "active";
  };
  // Adds items that were listed so many days ago; returns their ids.
  std::vector<ItemId> add_items(int count, int days_ago, const Given& given) {
    std::vector<domain::ItemWrite> items;
    for (int i = 0; i < count; ++i) {
      domain::ItemWrite item = store::testing::make_item(++last_number_);
      item.listing.properties = {};
      item.listing.properties[domain::kCategory] = "dresses";
      item.listing.properties[domain::kPrimaryColor] = given.color;
      item.listing.brand = given.brand;
      item.listing.price = {};
      item.listing.status = given.status;
      item.listing.listed_at = kNow - days(days_ago);
      items.push_back(std::move(item));
    }
    std::vector<ItemId> ids;
    const auto outcomes = store_->items().upsert(items).value();
    for (const store::UpsertOutcome& one : outcomes) ids.push_back(one.id);
    return ids;
  }

  void run(const std::string& sql) {
    const auto done =
        store_->database().write(sql::Ordering::kUnordered,
                                 [&](sql::SqlConnection& connection) { return connection.execute(sql, {}); });
    ASSERT_TRUE(done) << done.error().describe() << ": " << sql;
  }

  void add_user(int id) {
    run(fit::format(
        "INSERT INTO users (id, email, name, role, password_hash, totp_secret, totp_last_step, "
        "keeps_history, created_at) VALUES ({}, 'user{}@example.org', '', 'viewer', '', '', 0, 1, 0)",
        id, id));
  }

  // Adds an image of an item, with an id of its own from 10,000 on, to a cluster.
  void add_member(ItemId item, int cluster) {
    run(
        fit::format("INSERT INTO cluster_members (generation, image_id, item_id, cluster_id, photo_id, "
                    "similarity) VALUES (1, {}, {}, {}, {}, 1)",
                    next_member_, item.str(), cluster, next_member_));
    ++next_member_;
  }

  TrendReport report() {
    const auto reports = compute_trends(sources(), kNow, {});
    EXPECT_TRUE(reports) << reports.error().describe();
    return reports.value().at(kWeek);
  }
  TrendSources sources() {
    return {.database = store_->database(),
            .accounts = store_->database(),
            .tenant = "default",
            .ontology = garments()};
  }

  TempDir folder_;
  std::unique_ptr<store::Catalogue> store_;
  std::int64_t last_number_ = 0;
  std::int64_t next_member_ = 10'000;
};

TEST_P(TrendsContract, OfNewListings) {
  add_items(40, 1, {.color = "red", .brand = "Nike"});
  add_items(10, 1, {.color = "Red", .brand = "Gap"});
  add_items(30, 1, {.color = "blue", .brand = " nike"});
  add_items(10, 8, {.color = "red", .brand = "NIKE"});
  add_items(70, 8, {.color = "blue", .brand = "Gap"});
  add_items(500, 1, {.color = "green", .brand = "Hidden", .status = "hidden"});
  const TrendReport found = report();
  EXPECT_EQ(found.listings.count, 80);
  EXPECT_EQ(found.listings.count_before, 80);
  EXPECT_THAT(values_of(found.listings.rising, TrendKind::kPrimaryColor), ElementsAre("red"));
  EXPECT_THAT(values_of(found.listings.falling, TrendKind::kPrimaryColor), ElementsAre("blue"));
  EXPECT_THAT(values_of(found.listings.rising, TrendKind::kBrand), ElementsAre("NIKE"))
      << "as the listing that was added last spells it";
  EXPECT_THAT(values_of(found.listings.rising, TrendKind::kCategory), IsEmpty()) << "all are dresses";
  EXPECT_EQ(found.saves.count, 0);
  EXPECT_EQ(found.searches.count, 0);
}

TEST_P(TrendsContract, OfClusters) {
  const auto now = add_items(60, 1, {.color = "red", .brand = ""});
  const auto before = add_items(60, 8, {.color = "red", .brand = ""});
  run("INSERT INTO clusters (generation, id, size, photos, centre, created_at, updated_at) VALUES "
      "(1, 5, 60, 60, 777, 0, 0), (1, 6, 60, 60, 778, 0, 0)");
  for (const ItemId item : now) {
    add_member(item, 5);
    add_member(item, 5);  // a second photo of it
  }
  for (const ItemId item : before) add_member(item, 6);
  const TrendReport found = report();
  EXPECT_THAT(values_of(found.listings.rising, TrendKind::kCluster), ElementsAre("5"));
  EXPECT_THAT(values_of(found.listings.falling, TrendKind::kCluster), ElementsAre("6"));
  const Trend& trend = found.listings.rising.front();
  EXPECT_EQ(trend.now.count, 60);
  ASSERT_TRUE(trend.image.has_value());
  EXPECT_GE(trend.image->value, 10'000) << "the centre is gone, a member stands for it";

  const auto show = [&](ItemId item) {
    run(fit::format("UPDATE clusters SET centre = (SELECT id FROM images WHERE item_id = {}) WHERE id = 5",
                    item.str()));
    return report().listings.rising.front().image.value().value;
  };
  EXPECT_LT(show(now.back()), 10'000) << "the centre is shown";
  const auto hidden = add_items(1, 1, {.color = "red", .brand = "", .status = "hidden"});
  EXPECT_GE(show(hidden.front()), 10'000) << "images of hidden items are not shown";
}

TEST_P(TrendsContract, ClustersOfFewImagesAreNotTested) {
  const auto now = add_items(60, 1, {.color = "red", .brand = ""});
  const auto before = add_items(60, 8, {.color = "red", .brand = ""});
  run("INSERT INTO clusters (generation, id, size, photos, centre, created_at, updated_at) VALUES "
      "(1, 5, 60, 60, 777, 0, 0), (1, 6, 9, 9, 778, 0, 0)");
  for (const ItemId item : now) add_member(item, 5);
  for (const ItemId item : before) add_member(item, 6);
  const TrendReport found = report();
  EXPECT_THAT(values_of(found.listings.rising, TrendKind::kCluster), ElementsAre("5"));
  EXPECT_THAT(values_of(found.listings.falling, TrendKind::kCluster), IsEmpty());
}

TEST_P(TrendsContract, OfMoreListingsAndSavesThanAPageHas) {
  const ItemId red = add_items(1, 100, {.color = "red", .brand = ""}).front();
  add_items(6'000, 1, {.color = "blue", .brand = ""});
  add_items(50, 8, {.color = "blue", .brand = ""});
  run(
      fit::format("INSERT INTO feedback (person, target_kind, target, signal, event_key, context, given_at) "
                  "SELECT 'device:' || id, 'item', '{}', 'like', '', '', {} FROM items",
                  red.str(), sql::ticks(kNow - days(1))));
  const TrendReport found = report();
  EXPECT_EQ(found.listings.count, 6'000);
  EXPECT_EQ(found.listings.count_before, 50);
  EXPECT_EQ(found.saves.count, 6'051);
}

TEST_P(TrendsContract, OfSaves) {
  const ItemId red = add_items(1, 100, {.color = "red", .brand = ""}).front();
  const ItemId blue = add_items(1, 100, {.color = "blue", .brand = ""}).front();
  const auto green = add_items(100, 100, {.color = "green", .brand = ""});
  FeedbackStore feedback(store_->database());
  const auto save = [&](const Person& person, ItemId item, Signal signal, int days_ago) {
    feedback
        .record(person, {.target = parse_target("item", item.str()).value(), .signal = signal},
                kNow - days(days_ago))
        .value();
  };
  for (int person = 1; person <= 60; ++person) {
    save(Person::user(person), blue, Signal::kLike, 8);
    if (person <= 40) {
      save(Person::user(person), red, Signal::kSave, 1);
    } else {
      save(Person::user(person), blue, Signal::kSave, 1);
    }
  }
  for (const ItemId item : green) save(Person::user(99), item, Signal::kLike, 1);
  for (int person = 1; person <= 60; ++person) save(Person::user(person), green.front(), Signal::kHide, 1);
  const TrendReport found = report();
  EXPECT_EQ(found.saves.count, 160);
  EXPECT_EQ(found.saves.count_before, 60);
  EXPECT_THAT(values_of(found.saves.rising, TrendKind::kPrimaryColor), ElementsAre("red"))
      << "one person who saves much makes no trend";
  EXPECT_EQ(found.saves.rising.front().now.count, 40);
  EXPECT_EQ(found.listings.count, 0);
}

TEST_P(TrendsContract, OfFavouritesAndSearchesOfTheCatalogue) {
  const ItemId red = add_items(1, 100, {.color = "red", .brand = ""}).front();
  const ItemId blue = add_items(1, 100, {.color = "blue", .brand = ""}).front();
  const auto at = [](int days_ago) { return sql::ticks(kNow - days(days_ago)); };
  const auto search = [&](int user, const char* tenant, int days_ago, const char* text) {
    run(
        fit::format("INSERT INTO search_history (user_id, tenant, at, query) VALUES ({}, '{}', {}, "
                    "'{{\"text\":\"{}\"}}')",
                    user, tenant, at(days_ago), text));
  };
  for (int user = 1; user <= 60; ++user) {
    add_user(user);
    run(
        fit::format("INSERT INTO favourite_lists (id, user_id, tenant, name, created_at) VALUES "
                    "({}, {}, 'default', 'a', 0), ({}, {}, 'other', 'a', 0)",
                    user, user, 1'000 + user, user));
    const auto add = [&](int list, ItemId item, int days_ago) {
      run(fit::format("INSERT INTO favourites (list_id, item_id, added_at) VALUES ({}, {}, {})", list,
                      item.str(), at(days_ago)));
    };
    add(user, red, 1);
    add(user, blue, 8);
    add(1'000 + user, blue, 1);
    search(user, "default", 1, "long red dress");
    search(user, "default", 2, "dress, not blue");
    search(user, "default", 8, "blue dress");
    search(user, "other", 1, "green dress");
  }
  run(fit::format(
      "INSERT INTO search_history (user_id, tenant, at, query) VALUES (1, 'default', {}, 'no JSON')", at(1)));
  const TrendReport found = report();
  EXPECT_EQ(found.saves.count, 60);
  EXPECT_THAT(values_of(found.saves.rising, TrendKind::kPrimaryColor), ElementsAre("red"));
  EXPECT_EQ(found.searches.count, 121);
  EXPECT_EQ(found.searches.count_before, 60);
  EXPECT_THAT(values_of(found.searches.rising, TrendKind::kPrimaryColor), ElementsAre("red"));
  EXPECT_THAT(values_of(found.searches.falling, TrendKind::kPrimaryColor), ElementsAre("blue"));
}

TEST_P(TrendsContract, AreKept) {
  Trends trends(store_->database());
  EXPECT_EQ(trends.get(kWeek).value(), std::nullopt);
  EXPECT_EQ(trends.computed_at().value(), std::nullopt);
  add_items(60, 1, {.color = "red", .brand = "Nike"});
  const auto reports = compute_trends(sources(), kNow, {}).value();
  ASSERT_TRUE(trends.put(reports));
  ASSERT_TRUE(trends.put(reports)) << "a repetition changes nothing";
  EXPECT_EQ(trends.computed_at().value(), kNow);
  EXPECT_EQ(trends.get(kWeek).value(), to_json(reports.at(kWeek)));
  ASSERT_TRUE(trends.put(compute_trends(sources(), kNow - days(1), {}).value()));
  EXPECT_EQ(trends.computed_at().value(), kNow) << "older trends do not replace newer ones";
}

TEST_P(TrendsContract, AreComputedByOneJobAtATime) {
  jobs::Queue queue(store_->database());
  TrendService one({.sources = sources(), .queue = queue, .log = Log::silent()});
  TrendService other({.sources = sources(), .queue = queue, .log = Log::silent()});
  const auto listed = [&] { return queue.list({.kind = std::string(TrendService::kJob)}).value(); };
  ASSERT_TRUE(one.look(now()));
  ASSERT_TRUE(other.look(now()));
  ASSERT_EQ(listed().size(), 1U);
  ASSERT_TRUE(one.handler().run(listed().front(), {}));
  const auto computed_at = one.trends().computed_at().value();
  ASSERT_TRUE(computed_at.has_value());
  ASSERT_TRUE(other.handler().run(listed().front(), {})) << "a late attempt";
  EXPECT_EQ(one.trends().computed_at().value(), computed_at) << "they are fresh";
  queue.cancel(listed().front().id).value();
  ASSERT_TRUE(one.look(*computed_at + TrendService::kEvery - std::chrono::minutes(1)));
  EXPECT_EQ(listed().size(), 1U);
  ASSERT_TRUE(one.look(*computed_at + TrendService::kEvery));
  EXPECT_EQ(listed().size(), 2U);
}

TEST_P(TrendsContract, StopEndsTheWork) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(compute_trends(sources(), kNow, stop.get_token()).error().code, ErrorCode::kCancelled);
}

INSTANTIATE_TEST_SUITE_P(Engines, TrendsContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

TEST(PriceBand, IsOfOneCurrency) {
  EXPECT_EQ(price_band(0, "EUR"), "EUR 0-1");
  EXPECT_EQ(price_band(19.99, "EUR"), "EUR 10-20");
  EXPECT_EQ(price_band(20, "EUR"), "EUR 20-50");
  EXPECT_EQ(price_band(5'000, "JPY"), "JPY 5000-10000");
  EXPECT_EQ(price_band(3, ""), "2-5");
  EXPECT_FALSE(price_band(1e308, "EUR").empty());
}

}  // namespace
}  // namespace fit::style

// Saved searches, their matching and their alerts on both engines.
#include "alerts/matcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <set>
#include <thread>

#include "alerts/deliverer.h"
#include "alerts/recipients.h"
#include "search/search_engine.h"
#include "search/test_catalogue.h"
#include "search/test_embedder.h"
#include "search/test_items.h"

namespace fit::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kAxes = 4;

// A model that can be away.
class AbsentEmbedder : public search::AxesEmbedder {
 public:
  using AxesEmbedder::AxesEmbedder;

  Result<std::vector<embed::Vector>> embed_texts(std::span<const std::string> texts) override {
    if (failure) return Error{*failure, "the model is away", {}, {}};
    return AxesEmbedder::embed_texts(texts);
  }

  std::optional<ErrorCode> failure;
};

class MatcherTest : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no " << GetParam().name << " on this machine";
    catalogue_ = std::make_unique<search::TestCatalogue>(GetParam(), "words", kAxes);
    engine_ = std::make_shared<search::SearchEngine>(
        search::SearchEngine::Parts{.store = catalogue_->store(),
                                    .embedder = embedder_,
                                    .searcher = catalogue_->searcher(),
                                    .columns = catalogue_->columns(),
                                    .ontology = ontology::Ontology::load().value(),
                                    .rerank_spaces = {},
                                    .image_limits = {},
                                    .metrics = metrics_});
    searches_ = std::make_unique<SavedSearches>(database());
    recipients_ = std::make_unique<Recipients>(database());
    alerts_ = std::make_unique<Alerts>(database());
    matcher_ = make_matcher("one");
    // What was there before the first search is not read.
    ASSERT_TRUE(matcher_->catch_up({}));
  }

  sql::Database& database() { return catalogue_->store().database(); }

  AccessSource access() {
    return {.access_of =
                [this](const std::string& owner) {
                  return Result<Access>(refused_.contains(owner) ? Access::kRefused : Access::kGranted);
                },
            .version = [this] { return Result<std::int64_t>(access_version_); }};
  }

  std::unique_ptr<Matcher> make_matcher(const std::string& holder, std::size_t batch_size = 1'000) {
    return std::make_unique<Matcher>(
        Matcher::Parts{.store = catalogue_->store(),
                       .searches = *searches_,
                       .alerts = *alerts_,
                       .engine = [this] { return EngineLease{.owner = engine_, .engine = *engine_}; },
                       .access = access(),
                       .holder = holder,
                       .log = Log::silent(),
                       .metrics = metrics_,
                       .batch_size = batch_size,
                       .retry_pause = std::chrono::milliseconds(0)});
  }

  // Runs a statement on the database, as nothing in the program does.
  void execute(std::string_view statement) {
    ASSERT_TRUE(database().write(sql::Ordering::kUnordered, [statement](sql::SqlConnection& connection) {
      return connection.execute(statement, {});
    }));
  }

  std::int64_t stored_batches() { return searches_->state().value().batch; }

  // An item of the red axis, or of another one.
  domain::ItemWrite write_of(int number, double price = 40, const std::string& status = "active",
                             int axis = 0) {
    std::vector<float> vector(kAxes, 0);
    vector.at(static_cast<std::size_t>(axis)) = 1;
    auto item = search::item_with_vector(number, fit::format("Wool coat {}", number), catalogue_->space().id,
                                         std::move(vector));
    item.listing.price = price;
    item.listing.currency = "EUR";
    item.listing.status = status;
    item.listing.brand = "gap";
    return item;
  }
  ItemId put(const domain::ItemWrite& item) {
    const ItemId id = catalogue_->store().items().upsert(std::span(&item, 1)).value().front().id;
    catalogue_->catch_up();
    return id;
  }

  SavedSearch save(const std::string& text, std::vector<Event> events = {Event::kNew}, std::int64_t user = 1,
                   search::Query query = {}) {
    query.text = text;
    AlertOptions options{.name = text, .events = std::move(events)};
    const Recipient recipient = recipients_->of_user(user, fit::format("user{}@x.example", user)).value();
    const auto asked = asked_query(query, options);
    return searches_
        ->create({.recipient = recipient.id,
                  .created_by = fit::format("user:{}", user),
                  .options = options,
                  .request = {{"text", text}},
                  .query = query,
                  .compiled = store_compiled(compile(engine_->resolve(asked).value(), asked, options)),
                  .compiled_for = compilation_key(catalogue_->space().id)})
        .value();
  }

  std::size_t match() { return matcher_->catch_up({}).value(); }

  std::vector<ItemId> found(const SavedSearch& search) {
    const auto listed = alerts_->list(search.id, 0, 100);
    std::vector<ItemId> items;
    for (const Alert& one : *listed) items.push_back(one.item);
    return items;
  }

  std::vector<DueAlert> claim(RecipientId recipient, std::int64_t job) {
    return alerts_->claim({.recipient = recipient, .channel = "email"}, {.job = jobs::JobId{job}}, now())
        .value();
  }

  std::int64_t last_job() {
    const auto job = database().read([](sql::SqlConnection& connection) {
      return connection.query_integer("SELECT MAX(id) FROM jobs", {});
    });
    return job.value().value();
  }

  Metrics metrics_;
  AbsentEmbedder embedder_{{"red", "blue"}, kAxes, true};
  std::set<std::string> refused_;  // owners of searches who may not search
  std::int64_t access_version_ = 1;
  std::unique_ptr<search::TestCatalogue> catalogue_;
  std::shared_ptr<search::SearchEngine> engine_;
  std::unique_ptr<SavedSearches> searches_;
  std::unique_ptr<Recipients> recipients_;
  std::unique_ptr<Alerts> alerts_;
  std::unique_ptr<Matcher> matcher_;
};

INSTANTIATE_TEST_SUITE_P(Engines, MatcherTest, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& one) { return one.param.name; });

TEST_P(MatcherTest, ANewItemIsToldOnceOverRestarts) {
  put(write_of(1));
  ASSERT_EQ(match(), 0U);
  const SavedSearch search = save("wool coat");
  const ItemId second = put(write_of(2));
  EXPECT_EQ(match(), 1U);
  EXPECT_THAT(found(search), ElementsAre(second));
  put(write_of(2, 39));  // another change of the same item
  EXPECT_EQ(match(), 0U);
  matcher_ = make_matcher("another process");
  matcher_ = make_matcher("one");
  const ItemId third = put(write_of(3));
  EXPECT_EQ(match(), 1U);
  EXPECT_THAT(found(search), ElementsAre(third, second));
  EXPECT_EQ(searches_->state().value().position, catalogue_->store().changes().position().value());
}

TEST_P(MatcherTest, WhatIsWrittenWhileNobodyMatchesIsMatchedLater) {
  const SavedSearch search = save("wool coat");
  matcher_.reset();
  std::vector<ItemId> written;
  for (int i = 1; i <= 20; ++i) written.push_back(put(write_of(i)));
  matcher_ = make_matcher("one");
  EXPECT_EQ(match(), 20U);
  EXPECT_THAT(found(search), SizeIs(20));
  EXPECT_EQ(match(), 0U);
}

TEST_P(MatcherTest, OneAlertAListingAndPerson) {
  const SavedSearch first = save("wool coat");
  const SavedSearch second = save("coat");
  const SavedSearch other = save("coat", {Event::kNew}, 2);
  const SavedSearch unrelated = save("dress");
  const ItemId item = put(write_of(1));
  EXPECT_EQ(match(), 2U) << "one for each person";
  EXPECT_THAT(found(first), ElementsAre(item));
  EXPECT_THAT(found(second), ElementsAre(item));
  EXPECT_THAT(found(other), ElementsAre(item));
  EXPECT_THAT(found(unrelated), IsEmpty());
  EXPECT_THAT(claim(first.recipient, 1), SizeIs(1));
  EXPECT_THAT(claim(first.recipient, 2), IsEmpty()) << "another job has it";
  EXPECT_THAT(claim(first.recipient, 1), SizeIs(1)) << "the same job has it again";
}

TEST_P(MatcherTest, WhatIsOverOneMessageIsForAnotherJob) {
  const SavedSearch search = save("coat");
  const MatcherState state = searches_->state().value();
  const Timestamp time = now();
  MatchedBatch step{
      .from = state.position, .to = state.position, .number = state.batch, .revision = state.revision};
  for (std::size_t i = 1; i <= Alerts::kMaxClaimed + 3; ++i) {
    step.alerts.push_back(
        {.alert = {.recipient = search.recipient, .item = ItemId{static_cast<std::int64_t>(i)}},
         .searches = {search.id},
         .deliveries = {Delivery{.channel = "email", .search = search.id, .due_at = time}}});
  }
  ASSERT_TRUE(alerts_->store(step, time).value());
  const auto first = claim(search.recipient, 1);
  EXPECT_THAT(first, SizeIs(Alerts::kMaxClaimed));
  const Route route{.recipient = search.recipient, .channel = "email"};
  ASSERT_TRUE(alerts_->end(route, first, "delivered", now()));
  EXPECT_THAT(claim(search.recipient, 2), IsEmpty()) << "the first job has the rest";
  ASSERT_TRUE(alerts_->postpone(route, jobs::JobId{1}, now()));
  EXPECT_THAT(claim(search.recipient, 2), SizeIs(3));
}

TEST_P(MatcherTest, WhatAJobGivesBackIsForTheNext) {
  const SavedSearch search = save("coat");
  put(write_of(1));
  EXPECT_EQ(match(), 1U);
  EXPECT_THAT(claim(search.recipient, 1), SizeIs(1));
  ASSERT_TRUE(alerts_->release(jobs::JobId{2})) << "it has taken nothing";
  EXPECT_THAT(claim(search.recipient, 2), IsEmpty());
  ASSERT_TRUE(alerts_->release(jobs::JobId{1}));
  EXPECT_THAT(claim(search.recipient, 2), SizeIs(1));
}

TEST_P(MatcherTest, WhatAJobThatIsOverHasTakenIsForTheNext) {
  const SavedSearch search = save("coat");
  put(write_of(1));
  EXPECT_EQ(match(), 1U);
  const std::int64_t id = last_job();
  for (const std::string state : {"waiting", "delayed", "running"}) {
    execute("UPDATE jobs SET state = '" + state + "'");
    EXPECT_THAT(claim(search.recipient, id), SizeIs(1)) << state;
    EXPECT_THAT(claim(search.recipient, id + 1), IsEmpty()) << state;
  }
  for (const std::string state : {"done", "dead", "cancelled", "retried", "discarded"}) {
    execute("UPDATE jobs SET state = '" + state + "'");
    EXPECT_THAT(claim(search.recipient, id + 1), SizeIs(1)) << state;
    ASSERT_TRUE(alerts_->release(jobs::JobId{id + 1}));
    EXPECT_THAT(claim(search.recipient, id), SizeIs(1)) << state;
  }
  execute("DELETE FROM jobs");
  EXPECT_THAT(claim(search.recipient, id + 1), SizeIs(1)) << "its row is gone";
}

TEST_P(MatcherTest, WhereNoMailIsSentOnlyJobsWithAlertsFail) {
  const SavedSearch search = save("coat");
  ASSERT_TRUE(recipients_->confirm(search.recipient));
  jobs::Queue queue(database());
  net::HttpClient http(net::HttpClient::Options{});
  Deliverer deliverer({.store = catalogue_->store(),
                       .recipients = *recipients_,
                       .searches = *searches_,
                       .alerts = *alerts_,
                       .queue = queue,
                       .files = catalog::ImageFiles(nullptr, nullptr),
                       .http = http,
                       .mail = nullptr,
                       .access = access(),
                       .log = Log::silent(),
                       .metrics = metrics_},
                      {.origin = "https://fit.example", .tenant = "default"});
  jobs::Job job;
  job.kind = kNotifyJob;
  job.attempt = 1;
  job.payload = delivery_job({.recipient = search.recipient, .channel = "email"}, now()).payload;
  EXPECT_TRUE(deliverer.handler().run(job, {})) << "nothing is due";
  put(write_of(1));
  EXPECT_EQ(match(), 1U);
  job.id = jobs::JobId{last_job()};
  EXPECT_EQ(deliverer.handler().run(job, {}).error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(claim(search.recipient, job.id.value + 1), SizeIs(1)) << "another job may have a mail server";
}

TEST_P(MatcherTest, ManyAlertsAreStoredInBatches) {
  constexpr std::size_t kPeople = 7;
  std::vector<SavedSearch> all;
  for (std::size_t i = 1; i <= kPeople; ++i) all.push_back(save("coat", {Event::kNew}, static_cast<int>(i)));
  std::vector<ItemId> items;
  for (int i = 1; i <= 3; ++i) items.push_back(put(write_of(i)));
  matcher_ = make_matcher("one", 2);
  const std::int64_t before = stored_batches();
  EXPECT_EQ(match(), 3 * kPeople);
  EXPECT_GE(stored_batches() - before, static_cast<std::int64_t>(3 * kPeople / 2));
  for (const SavedSearch& one : all) {
    EXPECT_THAT(found(one), ElementsAre(items[2], items[1], items[0]));
    EXPECT_THAT(claim(one.recipient, one.id.value), SizeIs(3));
  }
  EXPECT_EQ(searches_->state().value().position, catalogue_->store().changes().position().value());
  for (int i = 1; i <= 3; ++i) put(write_of(i, 40, "sold"));
  EXPECT_EQ(match(), 0U);
  for (const SavedSearch& one : all) EXPECT_THAT(found(one), IsEmpty()) << "nobody was told";
}

TEST_P(MatcherTest, ABatchThatWasStoredBeforeAnEndIsNotToldAgain) {
  std::vector<SavedSearch> all;
  for (int i = 1; i <= 3; ++i) all.push_back(save("coat", {Event::kNew}, i));
  const ItemId item = put(write_of(1));
  // What a process has stored that ended within the change.
  const MatcherState state = searches_->state().value();
  const auto history = catalogue_->store().items().history(item, 1).value();
  MatchedBatch batch{
      .from = state.position, .to = state.position, .number = state.batch, .revision = state.revision};
  batch.alerts.push_back({.alert = {.recipient = all[0].recipient,
                                    .item = item,
                                    .event = Event::kNew,
                                    .state_since = history.back().since},
                          .searches = {all[0].id},
                          .deliveries = {}});
  ASSERT_TRUE(alerts_->store(batch, now()).value());
  EXPECT_FALSE(alerts_->store(batch, now()).value()) << "a batch has a number of its own";
  matcher_ = make_matcher("another process");
  execute("UPDATE alert_matcher SET held_until = 0");
  EXPECT_EQ(match(), 2U) << "those who were not told yet";
  for (const SavedSearch& one : all) EXPECT_THAT(found(one), ElementsAre(item));
}

TEST_P(MatcherTest, ASearchThatCannotBeCompiledForTheTimeBeingMissesNothing) {
  const SavedSearch search = save("wool coat");
  const SavedSearch other = save("coat", {Event::kNew}, 2);
  execute("UPDATE saved_searches SET compiled_for = 'another space' WHERE id = " + search.id.str());
  matcher_ = make_matcher("one");
  embedder_.failure = ErrorCode::kUnavailable;
  const ItemId first = put(write_of(1));
  EXPECT_EQ(match(), 1U);
  EXPECT_THAT(found(other), ElementsAre(first)) << "the others go on";
  EXPECT_THAT(found(search), IsEmpty());
  EXPECT_EQ(searches_->get(search.id).value().problem, "") << "it is not its fault";
  matcher_ = make_matcher("one");
  const ItemId second = put(write_of(2));
  EXPECT_EQ(match(), 1U);
  embedder_.failure.reset();
  EXPECT_EQ(match(), 2U) << "without another change of the catalogue";
  EXPECT_THAT(found(search), ElementsAre(second, first));
  EXPECT_EQ(match(), 0U);
  const ItemId third = put(write_of(3));
  EXPECT_EQ(match(), 2U);
  EXPECT_THAT(found(search), ElementsAre(third, second, first));
  EXPECT_THAT(searches_->waiting().value().searches, IsEmpty());
}

TEST_P(MatcherTest, SearchesThatWaitAreCountedUntilTheyWaitNoMore) {
  using ::testing::HasSubstr;
  const SavedSearch first = save("wool coat");
  const SavedSearch second = save("wool coat", {Event::kNew}, 2);
  const SavedSearch other = save("coat", {Event::kNew}, 3);
  for (const SavedSearchId id : {first.id, second.id})
    execute("UPDATE saved_searches SET compiled_for = 'another space' WHERE id = " + id.str());
  matcher_ = make_matcher("one");
  embedder_.failure = ErrorCode::kUnavailable;
  put(write_of(1));
  match();
  EXPECT_THAT(metrics_.expose(), HasSubstr("fit_saved_searches_waiting 2\n"));
  ASSERT_TRUE(searches_->touch(other.recipient));
  put(write_of(2));
  match();
  EXPECT_THAT(metrics_.expose(), HasSubstr("fit_saved_searches_waiting 2\n")) << "another one was loaded";
  for (const SavedSearchId id : {first.id, second.id}) ASSERT_TRUE(searches_->remove(id));
  match();
  EXPECT_THAT(metrics_.expose(), HasSubstr("fit_saved_searches_waiting 0\n")) << "none is there any more";
}

TEST_P(MatcherTest, ASearchThatCanNeverBeCompiledHasAProblem) {
  const SavedSearch search = save("wool coat");
  execute("UPDATE saved_searches SET compiled_for = 'another space' WHERE id = " + search.id.str());
  matcher_ = make_matcher("one");
  embedder_.failure = ErrorCode::kInvalid;
  put(write_of(1));
  EXPECT_EQ(match(), 0U);
  EXPECT_EQ(searches_->get(search.id).value().problem, "the model is away");
  embedder_.failure.reset();
  matcher_ = make_matcher("one");
  put(write_of(2));
  EXPECT_EQ(match(), 1U) << "a start tries it again";
  EXPECT_EQ(searches_->get(search.id).value().problem, "");
}

TEST_P(MatcherTest, ADamagedCompilationIsMadeAgain) {
  const SavedSearch search = save("wool coat");
  execute("UPDATE saved_searches SET compiled = '{' WHERE id = " + search.id.str());
  matcher_ = make_matcher("one");
  put(write_of(1));
  EXPECT_EQ(match(), 1U);
}

TEST_P(MatcherTest, ARowThatCannotBeReadIsLeftOut) {
  const SavedSearch damaged = save("coat");
  const SavedSearch search = save("wool coat");
  execute("UPDATE saved_searches SET definition = '{' WHERE id = " + damaged.id.str());
  ASSERT_TRUE(searches_->touch(damaged.recipient));
  const ItemId item = put(write_of(1));
  EXPECT_EQ(match(), 1U);
  EXPECT_THAT(found(search), ElementsAre(item));
  EXPECT_THAT(found(damaged), IsEmpty());
  EXPECT_THAT(searches_->list(search.recipient).value(), SizeIs(1));
  EXPECT_EQ(searches_->get(damaged.id).error().code, ErrorCode::kDamaged);
  EXPECT_TRUE(searches_->remove(damaged.id));
}

TEST_P(MatcherTest, NothingMatchesForWhoMayNotSearchAnyMore) {
  const SavedSearch search = save("coat");
  const SavedSearch other = save("coat", {Event::kNew}, 2);
  refused_.insert("user:1");
  put(write_of(1));
  EXPECT_EQ(match(), 1U);
  EXPECT_THAT(found(search), IsEmpty());
  EXPECT_THAT(found(other), SizeIs(1));
  refused_.clear();
  ++access_version_;
  const ItemId item = put(write_of(2));
  EXPECT_EQ(match(), 2U) << "it goes on when they may again";
  EXPECT_THAT(found(search), ElementsAre(item));
}

TEST_P(MatcherTest, AnAddressIsConfirmedForWhoHasGivenIt) {
  const Recipient first = recipients_->of_address("eve@x.example", "key:1").value();
  ASSERT_TRUE(recipients_->confirm(first.id));
  EXPECT_TRUE(recipients_->of_address("eve@x.example", "key:1").value().takes_mail());
  const Recipient second = recipients_->of_address("eve@x.example", "key:2").value();
  EXPECT_FALSE(second.takes_mail());
  const Timestamp time = now();
  EXPECT_FALSE(recipients_->take_confirmation_turn(first.id, 2, time).value());
  EXPECT_FALSE(recipients_->take_confirmation_turn(second.id, 2, time).value());
  EXPECT_TRUE(recipients_->take_confirmation_turn(second.id, 2, time).value()) << "the address has got two";
  EXPECT_THAT(recipients_->pause_address(second.id, "unsubscribed").value(), SizeIs(2));
  EXPECT_FALSE(recipients_->get(first.id).value().takes_mail());
  EXPECT_TRUE(recipients_->of_address("eve@x.example", "key:3").value().paused_at) << "nor is it asked again";
  EXPECT_FALSE(recipients_->of_address("bob@x.example", "key:3").value().paused_at);
}

TEST_P(MatcherTest, PricesAndReturnsAreTold) {
  const ItemId item = put(write_of(1, 100));
  const SavedSearch search = save("coat", {Event::kPriceDown, Event::kRestock});
  EXPECT_EQ(match(), 0U);
  put(write_of(1, 80));
  EXPECT_EQ(match(), 1U);
  EXPECT_EQ(alerts_->list(search.id, 0, 1).value().front().old_price, 100);
  put(write_of(1, 100));
  put(write_of(1, 80));
  EXPECT_EQ(match(), 0U) << "it flutters";
  put(write_of(1, 50));
  EXPECT_EQ(match(), 1U);
  const ItemId other = put(write_of(2, 30, "sold"));
  put(write_of(2, 30));
  EXPECT_EQ(match(), 1U);
  EXPECT_THAT(found(search), ElementsAre(other, item, item));
  EXPECT_EQ(alerts_->list(search.id, 0, 1).value().front().event, Event::kRestock);
}

TEST_P(MatcherTest, AlertsThatAreNotTrueAnyMoreAreNotDelivered) {
  const SavedSearch search = save("coat");
  const ItemId sold = put(write_of(1));
  const ItemId removed = put(write_of(2));
  put(write_of(3));
  EXPECT_EQ(match(), 3U);
  put(write_of(1, 40, "sold"));
  ASSERT_TRUE(catalogue_->store().items().remove(removed));
  EXPECT_EQ(match(), 0U);
  EXPECT_THAT(claim(search.recipient, 1), SizeIs(1));
  EXPECT_THAT(found(search), SizeIs(1)) << "nobody was told";
  EXPECT_EQ(put(write_of(1)), sold);
  EXPECT_EQ(match(), 1U) << "it is new to the person";
}

TEST_P(MatcherTest, AnItemWithoutItsVectorIsMatchedWhenItComes) {
  put(write_of(1));
  search::Query query;
  query.item_id = ItemId{1};
  query.min_similarity = 0.9;
  AlertOptions options{.name = "like it"};
  const Recipient recipient = recipients_->of_user(1, "ada@x.example").value();
  const SavedSearch search =
      searches_
          ->create({.recipient = recipient.id,
                    .created_by = "user:1",
                    .options = options,
                    .request = Json::object(),
                    .query = query,
                    .compiled = store_compiled(compile(engine_->resolve(query).value(), query, options)),
                    .compiled_for = compilation_key(catalogue_->space().id)})
          .value();
  auto later = write_of(2);
  auto vectors = std::exchange(later.images[0].vectors, {});
  const ItemId item = put(later);
  put(write_of(3, 40, "active", 1));
  EXPECT_EQ(match(), 0U);
  const ImageId image = catalogue_->store().items().get(item).value().images[0].id;
  const store::VectorWrite vector{.image = image, .values = vectors[0].values};
  ASSERT_TRUE(catalogue_->store().vectors().put(catalogue_->space().id, std::span(&vector, 1)));
  EXPECT_EQ(match(), 1U);
  EXPECT_THAT(found(search), ElementsAre(item));
}

TEST_P(MatcherTest, RequiredFiltersHold) {
  search::Query query;
  query.required.any_of = {{"brand", {"levi's"}}};
  const SavedSearch search = save("coat", {Event::kNew}, 1, query);
  put(write_of(1));
  auto seen = write_of(2);
  seen.listing.brand = "Levi's";
  const ItemId item = put(seen);
  EXPECT_EQ(match(), 1U);
  EXPECT_THAT(found(search), ElementsAre(item));
}

TEST_P(MatcherTest, ChangesOfSearchesCountAtOnce) {
  const SavedSearch search = save("coat");
  put(write_of(1));
  EXPECT_EQ(match(), 1U);
  auto options = search.options;
  ASSERT_TRUE(searches_->change(search.id, {.options = options, .is_active = false}));
  put(write_of(2));
  EXPECT_EQ(match(), 0U);
  ASSERT_TRUE(searches_->change(search.id, {.options = options, .is_active = true}));
  put(write_of(3));
  EXPECT_EQ(match(), 1U);
  ASSERT_TRUE(searches_->remove(search.id));
  put(write_of(4));
  EXPECT_EQ(match(), 0U);
  EXPECT_FALSE(searches_->get(search.id));
}

TEST_P(MatcherTest, AnAddressIsMatchedFromItsConfirmationOn) {
  const Recipient recipient = recipients_->of_address("eve@x.example", "local").value();
  search::Query query;
  query.text = "coat";
  AlertOptions options{.name = "coat"};
  const SavedSearch search =
      searches_
          ->create({.recipient = recipient.id,
                    .created_by = "local",
                    .options = options,
                    .request = Json::object(),
                    .query = query,
                    .compiled = store_compiled(compile(engine_->resolve(query).value(), query, options)),
                    .compiled_for = compilation_key(catalogue_->space().id)})
          .value();
  put(write_of(1));
  EXPECT_EQ(match(), 0U);
  ASSERT_TRUE(recipients_->confirm(recipient.id));
  ASSERT_TRUE(searches_->touch(recipient.id));
  put(write_of(2));
  EXPECT_EQ(match(), 1U);
  EXPECT_THAT(found(search), SizeIs(1));
}

TEST_P(MatcherTest, TwoProcessesMatchEachChangeOnce) {
  const SavedSearch search = save("coat");
  const auto other = make_matcher("two");
  constexpr std::size_t kItems = 60;
  std::atomic<bool> is_written = false;
  const auto work = [&is_written](Matcher& matcher) {
    for (bool is_last = false; !is_last;) {
      is_last = is_written;
      EXPECT_TRUE(matcher.catch_up({}));
    }
  };
  {
    const std::jthread first([&] { work(*matcher_); });
    const std::jthread second([&] { work(*other); });
    for (std::size_t i = 1; i <= kItems; ++i) {
      const auto item = write_of(static_cast<int>(i));
      EXPECT_TRUE(catalogue_->store().items().upsert(std::span(&item, 1)));
    }
    is_written = true;
  }
  std::vector<ItemId> items = found(search);
  EXPECT_THAT(items, SizeIs(kItems)) << "none missed";
  std::ranges::sort(items);
  EXPECT_EQ(std::ranges::adjacent_find(items), items.end()) << "none twice";
}

TEST_P(MatcherTest, ARecipientIsRemovedWithEverything) {
  const SavedSearch search = save("coat");
  put(write_of(1));
  EXPECT_EQ(match(), 1U);
  ASSERT_TRUE(recipients_->remove(search.recipient));
  EXPECT_THAT(found(search), IsEmpty());
  put(write_of(2));
  EXPECT_EQ(match(), 0U);
}

TEST_P(MatcherTest, TheRateLimitCountsAnHour) {
  const Recipient recipient = recipients_->of_user(1, "ada@x.example").value();
  const Timestamp time = now();
  const auto turn = [&](std::chrono::minutes after) {
    return recipients_->take_turn(recipient.id, "email", 2, time + after).value();
  };
  using std::chrono::minutes;
  EXPECT_FALSE(turn(minutes(0)));
  EXPECT_FALSE(turn(minutes(10)));
  EXPECT_EQ(turn(minutes(20)), time + std::chrono::hours(1));
  EXPECT_FALSE(turn(minutes(61)));
  EXPECT_EQ(turn(minutes(62)), time + minutes(70));
}

TEST_P(MatcherTest, BrowsersBelongToOneRecipient) {
  const Recipient ada = recipients_->of_user(1, "ada@x.example").value();
  const Recipient eve = recipients_->of_user(2, "eve@x.example").value();
  const notify::PushTarget target{.endpoint = "https://push.example/1", .keys = {.p256dh = "a", .auth = "b"}};
  ASSERT_TRUE(recipients_->add_browser(ada.id, target));
  const auto moved = recipients_->add_browser(eve.id, target).value();
  EXPECT_THAT(recipients_->browsers(ada.id).value(), IsEmpty());
  EXPECT_EQ(recipients_->remove_browser(ada.id, moved.id).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(recipients_->remove_browser(eve.id, moved.id));
}

}  // namespace
}  // namespace fit::alerts

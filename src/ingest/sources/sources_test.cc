#include "ingest/sources/sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/temp_dir.h"
#include "ingest/sources/source_copy.h"
#include "ingest/sources/source_images.h"
#include "jobs/queue.h"
#include "store/catalogue.h"
#include "store/test_support.h"

namespace fit::ingest {
namespace {

using std::chrono::hours;
using store::testing::Engine;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class SourcesContract : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no " << GetParam().name << " on this machine";
    auto opened = store::open_catalogue(GetParam().url(folder_), store::testing::kPatient);
    ASSERT_TRUE(opened) << opened.error().describe();
    store_ = *std::move(opened);
  }

  Sources sources() {
    return Sources(store_->database(), {.clock = [this] { return time_; }, .chance = [] { return 0.5; }});
  }
  static SourceSpec spec(const std::string& name = "shop", const std::string& schedule = "3h") {
    SourceSpec spec;
    spec.name = name;
    spec.schedule = schedule;
    spec.settings.kind = SourceKind::kShopify;
    spec.settings.address = "https://" + name + ".example";
    return spec;
  }
  std::size_t waiting_jobs() {
    jobs::JobQuery query;
    query.kind = "source_run";
    return jobs::Queue(store_->database()).list(query).value().size();
  }
  // The columns of a source that a person sets, as they are stored.
  std::string stored_spec(SourceId id) {
    std::string text;
    const auto read = store_->database().read([&](sql::SqlConnection& connection) {
      return connection.query("SELECT address, settings, schedule, time_zone FROM sources WHERE id = $1",
                              {id.value}, [&text](const sql::SqlRow& row) {
                                for (int i = 0; i < 4; ++i) text += std::string(row.text(i)) + "|";
                              });
    });
    EXPECT_TRUE(read) << read.error().describe();
    return text;
  }
  void store_settings(SourceId id, std::string_view text) {
    store_text("UPDATE sources SET settings = $2 WHERE id = $1", id, text);
  }
  void store_text(std::string_view sql, SourceId id, std::string_view text) {
    const auto written = store_->database().write(
        sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<std::int64_t> {
          return connection.execute(sql, {id.value, text});
        });
    EXPECT_TRUE(written) << written.error().describe();
  }
  // Ends the run in progress.
  void end_run(SourceId id) { ASSERT_TRUE(sources().stop(id)); }

  Timestamp time_ = Timestamp(std::chrono::seconds(1'800'000'000));
  TempDir folder_;
  std::unique_ptr<store::Catalogue> store_;
};

INSTANTIATE_TEST_SUITE_P(Engines, SourcesContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(SourcesContract, KeepsWhatAPersonSays) {
  SourceSpec wanted = spec();
  wanted.settings.user_agents = {"One/1", "Two/2"};
  wanted.time_zone = "Europe/Berlin";
  wanted.jitter = std::chrono::seconds(60);
  const auto added = sources().add(wanted, "user:1");
  ASSERT_TRUE(added) << added.error().describe();
  const SourceRecord read = sources().get(added->id).value();
  EXPECT_EQ(read.spec.name, "shop");
  EXPECT_EQ(read.spec.settings.user_agents, wanted.settings.user_agents);
  EXPECT_EQ(read.spec.time_zone, "Europe/Berlin");
  EXPECT_EQ(read.spec.jitter, wanted.jitter);
  EXPECT_EQ(read.created_by, "user:1");
  EXPECT_EQ(read.health, SourceHealth::kNew);
  EXPECT_EQ(read.next_run_at, time_) << "it runs at once";
  EXPECT_EQ(sources().find("shop").value()->id, added->id);
  EXPECT_FALSE(*sources().find("other"));
  EXPECT_EQ(sources().add(spec(), "").error().field, "name");
  ASSERT_TRUE(sources().remove(added->id));
  EXPECT_EQ(sources().get(added->id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(sources().remove(added->id).error().code, ErrorCode::kNotFound);
}

TEST_P(SourcesContract, NamesWhatIsWrong) {
  SourceSpec wrong = spec(" ");
  EXPECT_EQ(sources().add(wrong, "").error().field, "name");
  wrong = spec(std::string(200, 'x'));
  EXPECT_EQ(sources().add(wrong, "").error().field, "name");
  wrong = spec("shop", "now and then");
  EXPECT_EQ(sources().add(wrong, "").error().field, "schedule");
  wrong = spec();
  wrong.jitter = hours(48);
  EXPECT_EQ(sources().add(wrong, "").error().field, "jitter_s");
  EXPECT_THAT(sources().list().value(), SizeIs(0));
}

TEST_P(SourcesContract, ChangesBeginANewSweepOnlyWhereTheyMatter) {
  const SourceId id = sources().add(spec(), "")->id;
  const auto change = [&](auto&& edit) {
    return sources().change(id, [&](const SourceSpec& present) -> Result<SourceSpec> {
      SourceSpec wanted = present;
      edit(wanted);
      return wanted;
    });
  };
  EXPECT_EQ(change([](SourceSpec& one) { one.name = "other"; }).error().field, "name");
  EXPECT_EQ(change([](SourceSpec& one) { one.settings.kind = SourceKind::kFeed; }).error().field, "kind");
  EXPECT_EQ(change([](SourceSpec& one) { one.schedule = "?"; }).error().field, "schedule");
  const auto later = change([](SourceSpec& one) { one.schedule = "6h"; });
  EXPECT_EQ(later->next_run_at, time_ + hours(6));
  EXPECT_EQ(change([](SourceSpec& one) { one.is_paused = true; })->next_run_at, std::nullopt);
  EXPECT_EQ(change([](SourceSpec& one) { one.is_paused = false; })->next_run_at, time_ + hours(6));
}

TEST_P(SourcesContract, RunsWriteNoSettings) {
  const SourceId id = sources().add(spec(), "")->id;
  // Settings that are written in another way than this version writes them show who has written them.
  for (const std::string_view text : {R"({"max_pages": 10000})", R"({"from_a_later_version": 1})", "{"}) {
    store_settings(id, text);
    const std::string before = stored_spec(id);
    time_ += hours(3);
    ASSERT_EQ(sources().start_due(), 1);
    end_run(id);
    ASSERT_TRUE(sources().capture(id, {}));
    EXPECT_EQ(stored_spec(id), before);
  }
}

TEST_P(SourcesContract, SettingsThatCannotBeReadAreSaidAndStayUntilTheyAreSetAnew) {
  const SourceId id = sources().add(spec(), "")->id;
  store_settings(id, R"({"max_bytes": 99999999999, "currency": "EUR"})");
  const SourceRecord unread = sources().get(id).value();
  ASSERT_TRUE(unread.spec.unread);
  EXPECT_EQ(unread.spec.unread->problem.field, "settings.max_bytes");
  EXPECT_EQ(source_json(unread)["health"], "failing");
  EXPECT_THAT(source_json(unread)["health_reason"].get<std::string>(),
              ::testing::HasSubstr("settings.max_bytes must be"));
  const auto change = [&](auto&& edit) {
    return sources().change(id, [&](const SourceSpec& present) -> Result<SourceSpec> {
      SourceSpec wanted = present;
      edit(wanted);
      return wanted;
    });
  };
  ASSERT_TRUE(change([](SourceSpec& one) { one.is_paused = true; }));
  EXPECT_THAT(stored_spec(id), ::testing::HasSubstr("99999999999"));
  ASSERT_TRUE(change([](SourceSpec& one) { one.unread.reset(); }));
  const SourceRecord mended = sources().get(id).value();
  EXPECT_FALSE(mended.spec.unread);
  EXPECT_EQ(source_json(mended)["health"], "new");
}

TEST_P(SourcesContract, ASampleOfAnotherFormIsReadAsFarAsItHasTexts) {
  const SourceId id = sources().add(spec("shop", "manual"), "")->id;
  ASSERT_TRUE(sources().start(id));
  store_text("UPDATE source_runs SET samples = $2 WHERE source_id = $1", id,
             R"([{"reason": "fields", "url": 7, "message": null}, "x", {"external_id": ["2"]}])");
  const auto runs = sources().runs(id, 0, 1);
  ASSERT_TRUE(runs) << runs.error().describe();
  const auto& samples = runs->at(0).samples;
  ASSERT_THAT(samples, SizeIs(3));
  EXPECT_EQ(samples[0].reason, "fields");
  EXPECT_EQ(samples[0].url, "");
  EXPECT_EQ(samples[2].external_id, "");
}

TEST_P(SourcesContract, AMissedTimeRunsOnce) {
  const SourceId id = sources().add(spec(), "")->id;
  EXPECT_EQ(sources().start_due(), 1);
  EXPECT_EQ(sources().get(id)->next_run_at, time_ + hours(3));
  EXPECT_EQ(sources().start_due(), 0);
  end_run(id);
  time_ += hours(31);
  EXPECT_EQ(sources().start_due(), 1);
  EXPECT_EQ(sources().get(id)->next_run_at, time_ + hours(3));
  end_run(id);
  EXPECT_EQ(sources().start_due(), 0);
  EXPECT_THAT(sources().runs(id, 0, 10).value(), SizeIs(2));
  EXPECT_EQ(waiting_jobs(), 2U);
}

TEST_P(SourcesContract, ATimeDuringARunIsNotMadeUpFor) {
  const SourceId id = sources().add(spec(), "")->id;
  ASSERT_EQ(sources().start_due(), 1);
  time_ += hours(7);
  EXPECT_EQ(sources().start_due(), 0) << "one run of a source at a time";
  end_run(id);
  EXPECT_EQ(sources().get(id)->next_run_at, time_ + hours(3));
}

TEST_P(SourcesContract, AClockThatGoesBackRunsNothingAgain) {
  const SourceId id = sources().add(spec(), "")->id;
  ASSERT_EQ(sources().start_due(), 1);
  end_run(id);
  time_ -= hours(24);
  EXPECT_EQ(sources().start_due(), 0);
}

TEST_P(SourcesContract, JitterDelaysScheduledRuns) {
  SourceSpec wanted = spec();
  wanted.jitter = std::chrono::minutes(10);
  const SourceId id = sources().add(wanted, "")->id;
  ASSERT_EQ(sources().start_due(), 1);
  EXPECT_EQ(sources().get(id)->next_run_at, time_ + hours(3) + std::chrono::minutes(5));
}

TEST_P(SourcesContract, ManyProcessesBeginOneRun) {
  for (const char* const name : {"one", "two", "three"}) ASSERT_TRUE(sources().add(spec(name), ""));
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([this] { EXPECT_TRUE(sources().start_due()); });
  threads.clear();
  EXPECT_EQ(waiting_jobs(), 3U);
  const auto all = sources().list().value();
  for (const SourceRecord& source : all) {
    EXPECT_THAT(sources().runs(source.id, 0, 10).value(), SizeIs(1));
  }
}

TEST_P(SourcesContract, ARunWithoutJobsEnds) {
  const SourceId id = sources().add(spec("shop", "manual"), "")->id;
  ASSERT_TRUE(sources().start(id));
  EXPECT_EQ(sources().end_stranded(), 0);
  jobs::Queue queue(store_->database());
  ASSERT_TRUE(queue.cancel(queue.list({}).value().at(0).id));
  EXPECT_EQ(sources().end_stranded(), 1);
  const RunRecord run = sources().runs(id, 0, 1).value().at(0);
  EXPECT_EQ(run.state, RunState::kFailed);
  EXPECT_EQ(sources().get(id)->health, SourceHealth::kFailing);
  EXPECT_TRUE(sources().start(id));
}

FetchedListing captured(const std::string& id) {
  FetchedListing listing;
  listing.item.listing.source = "shop";
  listing.item.listing.external_id = id;
  listing.item.listing.title = "Coat " + id;
  listing.item.images.push_back({"https://shop.example/" + id + ".jpg", {}});
  return listing;
}

TEST_P(SourcesContract, CapturesAreRunsOfTheirOwn) {
  SourceSpec wanted = spec("shop", "manual");
  wanted.settings.kind = SourceKind::kPush;
  wanted.settings.address = "";
  const SourceId id = sources().add(wanted, "")->id;
  EXPECT_EQ(sources().start(id).error().field, "kind");
  const auto one = sources().capture(id, {captured("1"), captured("2")});
  ASSERT_TRUE(one) << one.error().describe();
  const auto two = sources().capture(id, {captured("3")});
  ASSERT_TRUE(two) << two.error().describe();
  EXPECT_EQ(one->state, RunState::kRunning);
  EXPECT_EQ(one->counts.seen, 2);
  EXPECT_EQ(one->cause, "capture");
  EXPECT_FALSE(sources().get(id)->active_run);
  jobs::JobQuery query;
  query.kind = "source_items";
  EXPECT_THAT(jobs::Queue(store_->database()).list(query).value(), SizeIs(2));
}

TEST_P(SourcesContract, AreCopiedWithWhatTheyList) {
  SourceSpec wanted = spec("shop", "manual");
  wanted.settings.kind = SourceKind::kPush;
  wanted.settings.address = "";
  const SourceId id = sources().add(wanted, "user:1")->id;
  std::vector<FetchedListing> many;
  for (int i = 0; i < 700; ++i) many.push_back(captured(std::to_string(i)));
  ASSERT_TRUE(sources().capture(id, many));
  ASSERT_TRUE(sources().add(spec("other"), ""));
  const TempDir folder;
  const auto copy = store::open_catalogue(store::testing::sqlite_url(folder)).value();
  for (int i = 0; i < 2; ++i) {
    const auto copied = copy_sources(store_->database(), copy->database(), {});
    ASSERT_TRUE(copied) << copied.error().describe();
    EXPECT_EQ(*copied, 2);
  }
  const auto all = Sources(copy->database()).list().value();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].spec.name, "shop");
  EXPECT_EQ(all[0].created_by, "user:1");
  EXPECT_FALSE(all[0].active_run);
  const auto listed = copy->database().read([](sql::SqlConnection& connection) {
    return connection.query_integer(
        "SELECT COUNT(*) FROM source_listings WHERE batch = 0 AND content_hash = ''", {});
  });
  EXPECT_EQ(listed.value(), 700) << "what waits is written when it is next shown";
}

TEST_P(SourcesContract, AreNotCopiedWhereOneHasAnUnknownKind) {
  ASSERT_TRUE(sources().add(spec("one"), ""));
  const SourceId id = sources().add(spec("two"), "")->id;
  ASSERT_TRUE(store_->database().write(
      sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<std::int64_t> {
        return connection.execute("UPDATE sources SET kind = 'later' WHERE id = $1", {id.value});
      }));
  const TempDir folder;
  const auto copy = store::open_catalogue(store::testing::sqlite_url(folder)).value();
  const auto copied = copy_sources(store_->database(), copy->database(), {});
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(copied.error().field, "kind");
  EXPECT_THAT(Sources(copy->database()).list().value(), SizeIs(0));
}

TEST_P(SourcesContract, NotesOnImagesGoWithTheImages) {
  const SourceRecord source = sources().add(spec("test"), "").value();
  auto item = store::testing::make_item(1);
  item.images.at(0).location = "https://test.example/1.jpg";
  const std::string sha256 = item.images.at(0).sha256;
  ASSERT_TRUE(store_->items().upsert(std::span(&item, 1)));
  SourceImages images(store_->database(), source.id);
  for (const char* const url : {"https://test.example/1.jpg", "https://test.example/0.jpg"})
    images.note(url, sha256, {.etag = "\"1\"", .last_modified = {}});
  ASSERT_TRUE(images.store());
  ASSERT_TRUE(store_->database().write(sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) {
    return prune_source_images(connection, source);
  }));
  EXPECT_EQ(images.find("https://test.example/1.jpg", sha256)->etag, "\"1\"");
  EXPECT_TRUE(images.find("https://test.example/0.jpg", sha256)->is_empty()) << "no image has it any more";
}

TEST_P(SourcesContract, KeepsTheLatestRuns) {
  const SourceId id = sources().add(spec("shop", "manual"), "")->id;
  for (int i = 0; i < 103; ++i) {
    ASSERT_TRUE(sources().start(id));
    ASSERT_TRUE(sources().stop(id));
  }
  const auto runs = sources().runs(id, 0, 1000).value();
  EXPECT_THAT(runs, SizeIs(100));
  EXPECT_THAT(sources().runs(id, runs[97].id.value, 10).value(), SizeIs(2));
}

}  // namespace
}  // namespace fit::ingest

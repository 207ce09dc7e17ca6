#include "ingest/imports/import_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/format.h"
#include "blobs/storage.h"
#include "catalog/test_support.h"

namespace fit::ingest {
namespace {

using catalog::testing::Bench;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string image(std::uint64_t seed) {
  return encode_base64(catalog::testing::jpeg(seed, 64, 64));
}

// A table of the columns Artikelnummer, Titel, Preis and image_base64.
std::string table(std::initializer_list<std::array<std::string, 4>> rows) {
  std::string text = "Artikelnummer;Titel;Preis;image_base64\n";
  for (const auto& row : rows) text += row[0] + ";" + row[1] + ";" + row[2] + ";" + row[3] + "\n";
  return text;
}

class ImportServiceTest : public ::testing::Test {
 protected:
  ImportServiceTest() {
    service_ = std::make_unique<ImportService>(
        ImportService::Parts{
            .store = *bench_.store,
            .files = blobs::Storage(bench_.folder() / "files").store("imports"),
            .catalog = [this] { return CatalogLease{.owner = {}, .catalog = *bench_.catalog}; },
            .queue = queue_,
            .log = Log::silent()},
        ImportWorker::Options{.scratch = bench_.folder() / "scratch", .threads = 1});
  }

  ImportId add(const std::string& text, const std::string& name = "export.csv") {
    const std::filesystem::path path = bench_.folder() / "sent";
    catalog::testing::write_file(path, text);
    const auto added = service_->add({.path = path, .name = name, .source = "", .created_by = "key:1"});
    EXPECT_TRUE(added) << added.error().describe();
    return added->id;
  }
  ImportPreview preview(ImportId id, const GivenSettings& given = {}) {
    auto preview = service_->preview(id, given, {});
    EXPECT_TRUE(preview) << preview.error().describe();
    return *std::move(preview);
  }
  // Does the job that waits.
  Result<void> work(const std::stop_token& stop = {}) {
    const auto jobs =
        queue_.claim({.worker = "test", .kinds = {{.kind = std::string(kImportJob)}}, .limit = 1}).value();
    EXPECT_THAT(jobs, SizeIs(1));
    auto done = service_->handler().run(jobs.front(), stop);
    jobs::Outcome outcome;
    if (!done) outcome.kind = jobs::Outcome::Kind::kReleased;
    EXPECT_TRUE(queue_.finish(jobs.front(), outcome));
    return done;
  }
  ImportRecord import_all(const std::string& text, const std::string& name = "export.csv") {
    const ImportId id = add(text, name);
    preview(id);
    const auto started = service_->start(id, {});
    EXPECT_TRUE(started) << started.error().describe();
    const auto done = work();
    EXPECT_TRUE(done) << done.error().describe();
    return service_->get(id).value();
  }
  ImportRecord undo(ImportId id) {
    EXPECT_TRUE(service_->undo(id));
    EXPECT_TRUE(work());
    return service_->get(id).value();
  }
  std::vector<std::string> titles() {
    std::vector<std::string> titles;
    for (const auto& item : bench_.items()) titles.push_back(item.listing.title);
    return titles;
  }

  Bench bench_;
  jobs::Queue queue_{bench_.store->database()};
  std::unique_ptr<ImportService> service_;
};

TEST_F(ImportServiceTest, APreviewShowsTheFirstRowsAndSuggestsAMapping) {
  const ImportId id = add(table({{"a1", "Dress", "12,50 €", image(1)}, {"", "No id", "3", image(2)}}));
  const ImportPreview shown = preview(id);
  EXPECT_FALSE(shown.problem);
  EXPECT_THAT(shown.import.settings.mapping,
              ElementsAre("artikelnummer=external_id", "titel=title", "preis=price"));
  ASSERT_THAT(shown.rows.rows, SizeIs(2));
  const domain::Listing& listing = shown.rows.rows[0].item.value().listing;
  EXPECT_EQ(listing.external_id, "a1");
  EXPECT_EQ(listing.price, 12.5);
  EXPECT_EQ(listing.currency, "EUR");
  EXPECT_EQ(listing.source, "export");
  EXPECT_TRUE(shown.rows.rows[0].is_new);
  EXPECT_EQ(shown.rows.rows[1].reject.value().field, "external_id");
  EXPECT_EQ(shown.rows.rows[1].reject.value().title, "No id");
  EXPECT_THAT(bench_.items(), IsEmpty()) << "a preview writes nothing";
}

TEST_F(ImportServiceTest, APreviewWithoutAnIdSaysWhatIsMissing) {
  const ImportId id = add("blah;bild\nx;y\n");
  const ImportPreview shown = preview(id);
  ASSERT_TRUE(shown.problem);
  EXPECT_EQ(shown.problem->field, "external_id");
  EXPECT_THAT(shown.columns, SizeIs(2));
  const ImportPreview mapped = preview(id, {.mapping = {{"blah=external_id", "bild=images"}}});
  EXPECT_FALSE(mapped.problem);
  EXPECT_EQ(preview(id).columns.at(0).field, "external_id") << "the mapping is kept";
}

TEST_F(ImportServiceTest, TheMappingOfASourceIsRemembered) {
  const std::string text = "key;bild\nx;http://127.0.0.1:9/a.jpg\n";
  const ImportId id = add(text, "shop.csv");
  ASSERT_TRUE(service_->start(id, {.mapping = {{"key=external_id", "bild=images"}}}));
  ASSERT_TRUE(work());
  const ImportPreview next = preview(add(text, "shop.csv"));
  EXPECT_TRUE(next.is_remembered);
  EXPECT_THAT(next.import.settings.mapping, ElementsAre("key=external_id", "bild=images"));
  EXPECT_FALSE(preview(add(text, "other.csv")).is_remembered);
}

TEST_F(ImportServiceTest, AnImportReportsItsRejectsAndGivesThemBack) {
  const std::string text =
      table({{"a1", "Dress", "12", image(1)}, {"", "No id", "3", image(2)}, {"a3", "Bad", "3", "bm8="}});
  const ImportRecord done = import_all(text);
  EXPECT_EQ(done.state, ImportState::kDone);
  EXPECT_EQ(done.counts.created, 1);
  EXPECT_EQ(done.counts.rejected, 2);
  EXPECT_EQ(done.counts.done, 3);
  auto rejects = service_->rejects(done.id, 0, 10).value();
  ASSERT_THAT(rejects, SizeIs(2));
  std::ranges::sort(rejects, {}, &StoredReject::line);
  EXPECT_EQ(rejects[0].line, 3);
  EXPECT_EQ(rejects[0].title, "No id");
  EXPECT_EQ(rejects[1].external_id, "a3");
  EXPECT_THAT(rejects[1].reason, HasSubstr("image"));
  const std::string file = service_->rejects_file(done.id).value();
  EXPECT_THAT(file, HasSubstr("Artikelnummer;Titel;Preis;image_base64\r\n"));
  EXPECT_THAT(file, HasSubstr(";No id;3;"));
  EXPECT_THAT(file, Not(HasSubstr("Dress")));
}

TEST_F(ImportServiceTest, AnUndoDeletesWhatWasCreatedAndRestoresWhatWasChanged) {
  import_all(table({{"a1", "Dress", "12", image(1)}, {"a2", "Skirt", "20", image(2)}}));
  const auto before = bench_.item("export", "a1");
  const ImportRecord second = import_all(table(
      {{"a1", "Gown", "99", image(3)}, {"a2", "Skirt", "20", image(2)}, {"a3", "Coat", "5", image(4)}}));
  EXPECT_EQ(second.counts.created, 1);
  EXPECT_EQ(second.counts.updated, 1);
  EXPECT_EQ(second.counts.unchanged, 1);
  EXPECT_THAT(titles(), ElementsAre("Gown", "Skirt", "Coat"));

  const ImportRecord undone = undo(second.id);
  EXPECT_EQ(undone.state, ImportState::kUndone);
  EXPECT_THAT(titles(), ElementsAre("Dress", "Skirt"));
  const auto after = bench_.item("export", "a1");
  EXPECT_EQ(after.listing.price, 12);
  EXPECT_EQ(after.content_hash, before.content_hash);
  EXPECT_EQ(after.images.at(0).sha256, before.images.at(0).sha256);
  const UndoCounts counts = service_->undo_counts(second.id).value();
  EXPECT_EQ(counts.deleted, 1);
  EXPECT_EQ(counts.restored, 1);
  EXPECT_EQ(counts.open, 0);
  EXPECT_EQ(service_->undo(second.id).error().code, ErrorCode::kConflict);
}

TEST_F(ImportServiceTest, AnUndoLeavesWhatWasChangedSince) {
  const ImportRecord done =
      import_all(table({{"a1", "Dress", "12", image(1)}, {"a2", "Skirt", "20", image(2)}}));
  const auto item = bench_.item("export", "a1");
  ASSERT_TRUE(bench_.catalog->patch(item.id, {{"price", 10}}, 1 << 20));
  undo(done.id);
  EXPECT_THAT(titles(), ElementsAre("Dress"));
  const auto kept = service_->kept(done.id, 10).value();
  ASSERT_THAT(kept, SizeIs(1));
  EXPECT_EQ(kept[0].external_id, "a1");
  EXPECT_EQ(kept[0].why, "changed");
}

TEST_F(ImportServiceTest, AnAttemptThatWasLostCountsOnce) {
  const ImportId id = add(table({{"a1", "Dress", "12", image(1)}, {"a2", "Skirt", "20", image(2)}}));
  preview(id);
  ASSERT_TRUE(service_->start(id, {}));
  // The end of the worker after the first item: the model stops the import with the second one.
  std::stop_source stop;
  bench_.embedder.on_call = [&] { stop.request_stop(); };
  const auto lost = work(stop.get_token());
  ASSERT_FALSE(lost);
  EXPECT_EQ(service_->get(id)->state, ImportState::kRunning) << "nobody has asked for a stop";
  bench_.embedder.on_call = {};
  ASSERT_TRUE(work());
  const ImportRecord done = service_->get(id).value();
  EXPECT_EQ(done.state, ImportState::kDone);
  EXPECT_EQ(done.counts.created, 2);
  EXPECT_EQ(done.counts.unchanged, 0);
  undo(id);
  EXPECT_THAT(bench_.items(), IsEmpty());
}

TEST_F(ImportServiceTest, AnImportStopsAndGoesOn) {
  const ImportId id = add(table({{"a1", "Dress", "12", image(1)}}));
  preview(id);
  ASSERT_TRUE(service_->start(id, {}));
  EXPECT_EQ(service_->start(id, {}).error().code, ErrorCode::kConflict);
  EXPECT_EQ(service_->remove(id).error().code, ErrorCode::kConflict);
  EXPECT_EQ(service_->stop(id)->state, ImportState::kStopped);
  EXPECT_THAT(bench_.items(), IsEmpty());
  ASSERT_TRUE(service_->start(id, {}));
  ASSERT_TRUE(work());
  EXPECT_EQ(service_->get(id)->state, ImportState::kDone);
  EXPECT_THAT(titles(), ElementsAre("Dress"));
}

TEST_F(ImportServiceTest, OnlyFilesOfRowsAreTaken) {
  const std::filesystem::path path = bench_.folder() / "sent";
  catalog::testing::write_file(path, std::string_view("PK\x03\x04 a spreadsheet"));
  EXPECT_EQ(service_->add({.path = path, .name = "a.csv", .source = "", .created_by = ""}).error().field,
            "file");
  catalog::testing::write_file(path, std::string_view());
  EXPECT_EQ(service_->add({.path = path, .name = "a.csv", .source = "", .created_by = ""}).error().field,
            "file");
  EXPECT_EQ(service_->preview({99}, {}, {}).error().code, ErrorCode::kNotFound);
}

TEST_F(ImportServiceTest, ARemovedImportLeavesItsItems) {
  const ImportRecord done = import_all(table({{"a1", "Dress", "12", image(1)}}));
  ASSERT_TRUE(service_->remove(done.id));
  EXPECT_EQ(service_->get(done.id).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(titles(), ElementsAre("Dress"));
}

}  // namespace
}  // namespace fit::ingest

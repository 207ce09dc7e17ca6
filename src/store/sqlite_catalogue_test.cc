// What is particular to a catalogue on SQLite: files that are missing, foreign, damaged, locked or read-only.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/files.h"
#include "sql/sqlite_connection.h"
#include "store/catalogue_migrations.h"
#include "store/test_support.h"
#include "store/words/sqlite_word_score.h"

namespace fit::store {
namespace {

using ::testing::HasSubstr;
using testing::make_item;
using testing::sqlite_url;

class SqliteCatalogueTest : public ::testing::Test {
 protected:
  std::filesystem::path file() const { return folder_.path() / "fit.db"; }

  Error open_error(const std::string& url) {
    auto opened = open_catalogue(url, {.busy_timeout = std::chrono::milliseconds(1)});
    if (!opened) return opened.error();
    ADD_FAILURE() << url << " was opened";
    return {};
  }
  Error open_error() { return open_error(sqlite_url(folder_)); }

  void write(const std::string& content) { std::ofstream(file(), std::ios::binary) << content; }

  // A database with some items, closed.
  void fill(int items = 200) {
    auto catalogue = *open_catalogue(sqlite_url(folder_));
    const auto space = *catalogue->spaces().ensure({"clip", "m", "1", 64});
    std::vector<domain::ItemWrite> batch;
    for (int i = 0; i < items; ++i) batch.push_back(make_item(i, space));
    ASSERT_TRUE(catalogue->items().upsert(batch));
  }

  TempDir folder_;
};

TEST_F(SqliteCatalogueTest, RefusesUrlsThatNameNoFile) {
  for (const char* url :
       {"", "fit.db", "/tmp/fit.db", "sqlite:fit.db", "sqlite://fit.db", "sqlite:///", "sqlite:////tmp/",
        "sqlite:///:memory:", "sqlite:///a.db?mode=ro", "mysql://host/db"}) {
    const Error error = open_error(url);
    EXPECT_EQ(error.code, ErrorCode::kInvalid) << url;
    EXPECT_EQ(error.field, "DATABASE_URL") << url;
  }
  EXPECT_EQ(open_error(std::string("sqlite:///a\0b", 13)).code, ErrorCode::kInvalid);
}

TEST_F(SqliteCatalogueTest, MakesMissingFolders) {
  const auto path = folder_.path() / "a" / "b" / "fit.db";
  ASSERT_TRUE(open_catalogue("sqlite:///" + path.string()));
  EXPECT_TRUE(std::filesystem::exists(path));
}

// A catalogue from before there was a full-text index.
TEST_F(SqliteCatalogueTest, IndexesTheWordsOfAnOldCatalogue) {
  const auto all = catalogue_migrations();
  {
    auto connection = *sql::open_sqlite({.path = file()});
    ASSERT_TRUE(sql::migrate(*connection, {.migrations = all.first(1)}));
    std::string columns = "source, external_id, brand, title, description";
    std::string values = "'shop', '1', 'Caf\u00e9 Noir', 'Blue jackets 501', 'goretex'";
    for (const std::string_view name : domain::kProperties) (columns += ", ") += name;
    for (std::size_t i = 0; i < domain::kProperties.size(); ++i) values += ", ''";
    ASSERT_TRUE(
        connection->run_script("INSERT INTO items (size, status, currency, created_at, updated_at, "
                               "content_hash, url, " +
                               columns + ") VALUES ('', 'active', '', 0, 0, '', '', " + values + ")"));
  }
  const auto catalogue = *open_catalogue(sqlite_url(folder_));
  for (const std::string word : {"jacket", "cafe", "501", "goretex", "noi"}) {
    EXPECT_EQ(catalogue->words().find({.words = {word}, .among = {}})->hits.size(), 1U) << word;
  }
  const std::vector<std::string> mistyped = {"jakets", "cafw", "goretx"};
  const auto corrected = *catalogue->words().correct(mistyped);
  ASSERT_EQ(corrected.size(), 2U);
  EXPECT_EQ(corrected[0].to, "jackets");
  EXPECT_EQ(corrected[1].to, "cafe");
}

// Opens the file as another program that has the tokenizer. A program without it cannot write the texts of
// items.
TEST_F(SqliteCatalogueTest, IndexesWordsThatAnotherProgramWrites) {
  fill(3);
  const auto catalogue = *open_catalogue(sqlite_url(folder_));
  auto connection = *sql::open_sqlite({.path = file(), .add_functions = &add_word_functions});
  ASSERT_TRUE(connection->run_script("UPDATE items SET title = 'zebra coat' WHERE id = 2"));
  EXPECT_EQ(catalogue->words().find({.words = {"zebra"}, .among = {}})->hits.at(0).item.value, 2);
  ASSERT_TRUE(connection->run_script("DELETE FROM items WHERE id = 2"));
  EXPECT_TRUE(catalogue->words().find({.words = {"zebra"}, .among = {}})->hits.empty());
  EXPECT_TRUE(connection->run_script("INSERT INTO item_terms (item_terms) VALUES ('integrity-check')"));
  auto other = *sql::open_sqlite({.path = file()});
  EXPECT_FALSE(other->run_script("UPDATE items SET title = 'zebra coat' WHERE id = 1"));
}

TEST_F(SqliteCatalogueTest, RefusesAFolder) {
  std::filesystem::create_directory(file());
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kInvalid);
  EXPECT_EQ(error.field, "DATABASE_URL");
}

TEST_F(SqliteCatalogueTest, RefusesAFileThatIsNoDatabase) {
  for (const auto& content : {std::string(10000, 'x'), std::string("tiny"), std::string(4096, '\0')}) {
    write(content);
    const Error error = open_error();
    EXPECT_EQ(error.code, ErrorCode::kInvalid) << error.describe();
    EXPECT_EQ(error.field, "DATABASE_URL");
    EXPECT_EQ(as_text(*read_file(file(), 1 << 20)), content) << "the file must be left as it was";
    EXPECT_EQ(error.message.find(file().string()), std::string::npos) << "paths are not for clients";
  }
}

TEST_F(SqliteCatalogueTest, RefusesAnotherProgramsDatabase) {
  {
    auto connection = *sql::open_sqlite({.path = file()});
    ASSERT_TRUE(connection->run_script("PRAGMA application_id=0; CREATE TABLE theirs (x);"));
  }
  Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kInvalid);
  EXPECT_THAT(error.message, HasSubstr("another program"));
}

TEST_F(SqliteCatalogueTest, RefusesATruncatedFile) {
  fill();
  std::filesystem::resize_file(file(), std::filesystem::file_size(file()) / 2);
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kDamaged) << error.describe();
  EXPECT_THAT(error.message, HasSubstr("damaged"));
}

TEST_F(SqliteCatalogueTest, ReturnsErrorsForADamagedFile) {
  fill();
  const auto size = std::filesystem::file_size(file());
  {
    std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(size / 3));
    stream << std::string(size / 2, '\xA5');
  }
  auto catalogue = open_catalogue(sqlite_url(folder_));
  if (!catalogue) return;  // found while opening: as good
  bool failed = false;
  const auto note = [&failed](const auto& result) {
    if (result) return;
    failed = true;
    EXPECT_EQ(result.error().code, ErrorCode::kDamaged) << result.error().describe();
  };
  note((*catalogue)->items().list(ItemId{}, 1000));
  note((*catalogue)->items().list_filter_columns(ItemId{}, 1000));
  note((*catalogue)->vectors().list(1, ImageId{}, 1000));
  note((*catalogue)->items().counts());
  const domain::ItemWrite item = make_item(1000);
  note((*catalogue)->items().upsert(std::span(&item, 1)));
  EXPECT_TRUE(failed);
}

TEST_F(SqliteCatalogueTest, ReportsThatAnotherProcessHoldsTheLock) {
  fill();
  auto catalogue = *open_catalogue(sqlite_url(folder_), {.busy_timeout = std::chrono::milliseconds(1)});
  auto other = *sql::open_sqlite({.path = file()});
  auto held = sql::Transaction::write(*other, sql::Ordering::kOrdered);
  ASSERT_TRUE(held);
  const domain::ItemWrite item = make_item(1000);
  const auto written = catalogue->items().upsert(std::span(&item, 1));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(catalogue->check()) << "readers do not wait for the writer";
  EXPECT_EQ(catalogue->items().list(ItemId{}, 1000)->size(), 200U);
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_EQ(error.field, "DATABASE_URL");
  ASSERT_TRUE(held->commit());
  EXPECT_TRUE(catalogue->items().upsert(std::span(&item, 1)));
}

TEST_F(SqliteCatalogueTest, RefusesANewerSchema) {
  fill(1);
  {
    auto connection = *sql::open_sqlite({.path = file()});
    ASSERT_TRUE(connection->run_script("INSERT INTO schema_migrations VALUES (9999, 'future', 'x', 0);"));
  }
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kConflict);
  EXPECT_EQ(error.field, "DATABASE_URL");
  EXPECT_THAT(error.message, HasSubstr("9999"));
  EXPECT_THAT(error.message, HasSubstr("upgrade"));
}

// A file of the first schema: what it holds was given by sellers.
TEST_F(SqliteCatalogueTest, TakesOverAFileOfTheFirstSchema) {
  {
    auto connection = *sql::open_sqlite({.path = file()});
    ASSERT_TRUE(sql::migrate(*connection, {.migrations = catalogue_migrations().first(1)}));
    ASSERT_TRUE(connection->run_script(
        "INSERT INTO items VALUES (1, 's', 'a', 'Gap', 'M', 'active', 5, NULL, 'tops', '', 'red', '', '', "
        "'', "
        "'', '', '', '', '', '', '', '', '', '', 'EUR', 7, 7, 'hash', '', 'Red top', '');"));
  }
  auto catalogue = *open_catalogue(sqlite_url(folder_));
  const domain::ItemRecord item = *catalogue->items().get(ItemId{1});
  EXPECT_EQ(item.listing.title, "Red top");
  EXPECT_EQ(item.listing.properties[2], "red");
  EXPECT_EQ(item.origins[0], (domain::PropertyOrigin{domain::Origin::kSeller, 1}));
  EXPECT_EQ(item.origins[1], domain::PropertyOrigin{});
  EXPECT_EQ(item.origins[2], (domain::PropertyOrigin{domain::Origin::kSeller, 1}));
  EXPECT_EQ(item.content_hash, "hash");
}

// A program of the version before may still be writing: its values are the seller's, whatever was known of
// the old ones.
TEST_F(SqliteCatalogueTest, TakesAnOlderProgramsValuesAsTheSellers) {
  auto catalogue = *open_catalogue(sqlite_url(folder_));
  domain::ItemWrite written = make_item(1);
  written.origins[2] = {domain::Origin::kText, 0.5F};
  const ItemId id = catalogue->items().upsert(std::span(&written, 1))->at(0).id;
  EXPECT_EQ(catalogue->items().get(id)->origins[2].origin, domain::Origin::kText);
  auto older = *sql::open_sqlite({.path = file()});
  ASSERT_TRUE(older->execute("UPDATE items SET primary_color = 'olive', updated_at = updated_at + 1", {}));
  EXPECT_EQ(catalogue->items().get(id)->origins[2], (domain::PropertyOrigin{domain::Origin::kSeller, 1}));
}

TEST_F(SqliteCatalogueTest, UsesDurableSettings) {
  auto connection = *sql::open_sqlite({.path = file()});
  EXPECT_EQ(*connection->query_integer("PRAGMA synchronous", {}), 2);
  EXPECT_EQ(*connection->query_integer("PRAGMA foreign_keys", {}), 1);
  std::string mode;
  ASSERT_TRUE(
      connection->query("PRAGMA journal_mode", {}, [&mode](const sql::SqlRow& row) { mode = row.text(0); }));
  EXPECT_EQ(mode, "wal");
}

TEST_F(SqliteCatalogueTest, ReportsMissingParametersAndBadSql) {
  auto connection = *sql::open_sqlite({.path = file()});
  EXPECT_EQ(connection->query_integer("SELECT $2 + $1", {1}).error().code, ErrorCode::kInternal);
  EXPECT_EQ(*connection->query_integer("SELECT $2 - $1", {1, 10}), 9);
  EXPECT_EQ(connection->query_integer("SELEC", {}).error().code, ErrorCode::kInternal);
}

TEST_F(SqliteCatalogueTest, RollsBackAnUnfinishedTransaction) {
  auto connection = *sql::open_sqlite({.path = file()});
  ASSERT_TRUE(connection->run_script("CREATE TABLE t (x BIGINT);"));
  {
    auto transaction = sql::Transaction::write(*connection, sql::Ordering::kOrdered);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(connection->execute("INSERT INTO t VALUES ($1)", {1}));
  }
  EXPECT_EQ(*connection->query_integer("SELECT COUNT(*) FROM t", {}), 0);
  EXPECT_TRUE(sql::Transaction::write(*connection, sql::Ordering::kOrdered));
}

// Permissions do not stop root, so root becomes another user for a while.
class OtherUser {
 public:
  OtherUser() : root_(geteuid() == 0) {
    if (root_ && seteuid(65534) != 0) ADD_FAILURE() << "cannot become another user";
  }
  ~OtherUser() {
    if (root_ && seteuid(0) != 0) std::abort();
  }
  OtherUser(const OtherUser&) = delete;
  OtherUser& operator=(const OtherUser&) = delete;

 private:
  bool root_;
};

TEST_F(SqliteCatalogueTest, ReportsThatTheFolderIsReadOnly) {
  ASSERT_EQ(chmod(folder_.path().c_str(), 0555), 0);
  {
    const OtherUser user;
    const Error error = open_error();
    EXPECT_EQ(error.code, ErrorCode::kStorageFull) << error.describe();
    EXPECT_EQ(error.field, "DATABASE_URL");
  }
  ASSERT_EQ(chmod(folder_.path().c_str(), 0755), 0);
}

TEST_F(SqliteCatalogueTest, ReportsThatTheFileIsReadOnly) {
  fill(1);
  ASSERT_EQ(chmod(file().c_str(), 0444), 0);
  ASSERT_EQ(chmod(folder_.path().c_str(), 0777), 0);
  const OtherUser user;
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kStorageFull) << error.describe();
}

TEST_F(SqliteCatalogueTest, ReportsThatTheFolderOfAFilledDatabaseIsReadOnly) {
  fill(1);
  ASSERT_EQ(chmod(file().c_str(), 0666), 0);
  ASSERT_EQ(chmod(folder_.path().c_str(), 0555), 0);
  {
    const OtherUser user;
    const Error error = open_error();
    EXPECT_EQ(error.code, ErrorCode::kStorageFull) << error.describe();
  }
  ASSERT_EQ(chmod(folder_.path().c_str(), 0755), 0);
}

}  // namespace
}  // namespace fit::store

#include "ingest/import/importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <random>

#include "base/base64.h"
#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "ingest/import/test_import.h"

namespace fit::ingest {
namespace {

using ::testing::AllOf;
using testing::Bench;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::jpeg;
using ::testing::SizeIs;
using testing::write_file;

class ImporterTest : public ::testing::Test {
 protected:
  std::filesystem::path path(const std::string& name) const { return bench_.folder() / "in" / name; }

  void write_photos(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) write_file(path(fit::format("p{}.jpg", i)), jpeg(i));
  }

  ImportReport import(const std::filesystem::path& input, const ImportOptions& options = {}) {
    auto report = testing::import_file(bench_, input, options);
    EXPECT_TRUE(report) << report.error().describe();
    return report ? *std::move(report) : ImportReport{};
  }

  ImportReport import_csv(std::string_view text, const ImportOptions& options = {}) {
    write_file(path("items.csv"), text);
    return import(path("items.csv"), options);
  }

  Error header_error(std::string_view text) {
    write_file(path("items.csv"), text);
    auto report = testing::import_file(bench_, path("items.csv"));
    EXPECT_FALSE(report);
    return report ? Error{} : report.error();
  }

  std::string property(const domain::ItemRecord& item, std::string_view name) {
    return item.listing.properties[*domain::property_index(name)];
  }

  Bench bench_;
};

TEST_F(ImporterTest, FormatsByName) {
  const TempDir folder;
  EXPECT_EQ(import_format("a.CSV").value(), ImportFormat::kTable);
  EXPECT_EQ(import_format("a.tsv").value(), ImportFormat::kTable);
  EXPECT_EQ(import_format("a.xml").value(), ImportFormat::kXml);
  EXPECT_EQ(import_format("a.ndjson").value(), ImportFormat::kNdjson);
  EXPECT_EQ(import_format("a.jsonl").value(), ImportFormat::kNdjson);
  EXPECT_EQ(import_format(folder.path()).value(), ImportFormat::kFolder);
  EXPECT_EQ(import_format("a.xlsx").error().code, ErrorCode::kInvalid);
}

TEST_F(ImporterTest, CsvWithEveryColumn) {
  write_photos(3);
  const ImportReport report = import_csv(
      "ID,Name,description,brand,price,currency,size,url,status,listed_at,category,Primary_Color,image_path,"
      "images,source\r\n"
      "1,Coat,\"warm,\nlong\",Acme,49.50,eur,M,https://s.example/"
      "1,reserved,2026-11-22,Outerwear,red,p0.jpg,p1.jpg| p2.jpg |,depop\r\n"
      "2,Hat,,,,,,,,,,,p1.jpg,,\r\n");
  EXPECT_EQ(report.created, 2);
  EXPECT_THAT(report.rejects, IsEmpty());
  const auto coat = bench_.item("depop", "1");
  EXPECT_EQ(coat.listing.title, "Coat");
  EXPECT_EQ(coat.listing.description, "warm,\nlong");
  EXPECT_EQ(coat.listing.price, 49.5);
  EXPECT_EQ(coat.listing.currency, "EUR");
  EXPECT_EQ(coat.listing.status, "reserved");
  EXPECT_EQ(property(coat, "category"), "outerwear");
  ASSERT_THAT(coat.images, SizeIs(3));
  EXPECT_EQ(coat.images[1].location, path("p1.jpg").string());
  EXPECT_EQ(coat.images[2].sha256, sha256_hex(jpeg(2)));
  EXPECT_EQ(bench_.item("items", "2").listing.status, "active");  // the file's name is the source
  EXPECT_EQ(bench_.store->vectors().count(bench_.spaces[0].space_id).value(), 4);
  EXPECT_GE(bench_.changes, 1);
}

TEST_F(ImporterTest, HeaderErrorsNameTheColumn) {
  write_photos(1);
  EXPECT_EQ(header_error("id,moon,image_path\n1,red,p0.jpg\n").field, "moon");
  EXPECT_EQ(header_error("id,title,name,image_path\n").field, "title");
  EXPECT_EQ(header_error("id,external_id,image_path\n").field, "external_id");
  EXPECT_EQ(header_error("title,image_path\n").field, "external_id");
  EXPECT_EQ(header_error("id,title\n").field, "image_url");
  EXPECT_EQ(header_error("").field, "header");
  EXPECT_EQ(header_error("\n\n").field, "header");
  EXPECT_EQ(header_error("id,\"title\n").field, "header");
  EXPECT_EQ(header_error(std::string(100 << 20, 'x')).field, "header");
  EXPECT_EQ(bench_.store->items().counts()->items, 0);

  ImportOptions lenient;
  lenient.ignore_unknown_columns = true;
  EXPECT_EQ(import_csv("id,moon,image_path\n1,red,p0.jpg\n", lenient).created, 1);
}

TEST_F(ImporterTest, BadRowsAreRejectedAndTheRestIsImported) {
  write_photos(2);
  write_file(path("text.jpg"), std::string_view("this is no picture at all, whatever its name says"));
  write_file(path("cut.jpg"), ByteView(jpeg(1)).first(700));
  std::filesystem::create_directories(path("folder.jpg"));
  std::string many;
  for (int i = 0; i < 21; ++i) {
    write_file(path(fit::format("many{}.jpg", i)), jpeg(static_cast<std::uint64_t>(i)));
    many += fit::format("many{}.jpg|", i);
  }
  ImportOptions options;
  options.rejects_path = path("rejects.ndjson");
  options.source = "shop";
  const ImportReport report = import_csv(
      "id,title,price,images\n"                // 1
      "ok1,a,1,p0.jpg\n"                       // 2
      "ok3,a,free beer,p0.jpg\n"               // 3
      ",a,1,p0.jpg\n"                          // 4
      "bad5,a,1,\n"                            // 5
      "ok6,a,1,p0.jpg|missing.jpg|text.jpg\n"  // 6
      "bad7,a,1,text.jpg\n"                    // 7
      "bad8,a,1,cut.jpg\n"                     // 8
      "bad9,a,1,folder.jpg\n"                  // 9
      "ok10,a,1," +
          many +
          "\n"                                 // 10
          "bad11,a,1,ftp://x.example/a.jpg\n"  // 11
          "bad12,a,1\n"                        // 12
          "bad13,\"a,1,p0.jpg\n"               // 13
          "ok14,a,1,p1.jpg\n"                  // 14
          "bad15,a,1,/dev/zero\n",             // 15
      options);
  EXPECT_EQ(report.created, 5);
  std::map<std::int64_t, std::string> fields;
  for (const Reject& reject : report.rejects) {
    EXPECT_FALSE(reject.reason.empty());
    fields[reject.line] = reject.field;
  }
  const std::map<std::int64_t, std::string> wanted = {
      {4, "external_id"}, {5, "images"},  {7, "images[0]"}, {8, "images[0]"}, {9, "images[0]"},
      {11, "images[0]"},  {12, "images"}, {13, ""},         {15, "images[0]"}};
  EXPECT_EQ(fields, wanted);
  EXPECT_EQ(report.rejected, static_cast<std::int64_t>(wanted.size()));
  std::multimap<std::int64_t, std::string> warned;
  for (const RowWarning& warning : report.warned) warned.emplace(warning.line, warning.field);
  EXPECT_EQ(warned, (std::multimap<std::int64_t, std::string>{
                        {3, "price"}, {6, "images[1]"}, {6, "images[2]"}, {10, "images"}}));
  EXPECT_THAT(bench_.item("shop", "ok6").images, SizeIs(1));
  EXPECT_FALSE(bench_.item("shop", "ok3").listing.price);

  std::ifstream file(options.rejects_path);
  std::map<std::int64_t, Json> lines;
  for (std::string line; std::getline(file, line);) {
    Json object = parse_json("line", line).value();
    lines[object["line"].get<std::int64_t>()] = object;
  }
  EXPECT_EQ(lines.size(), wanted.size() + 3);  // rejected rows and three warnings
  EXPECT_EQ(lines[7]["field"], "images[0]");
  EXPECT_EQ(lines[7]["row"], "bad7,a,1,text.jpg");
  EXPECT_EQ(lines[13]["row"], "bad13,\"a,1,p0.jpg");
  EXPECT_EQ(lines[3]["field"], "price");
  EXPECT_EQ(lines[3]["value"], "free beer");
  EXPECT_THAT(lines[3]["warning"].get<std::string>(), HasSubstr("left empty"));
}

TEST_F(ImporterTest, ReportedRejectsAreBoundedTheFileIsNot) {
  std::string text = "id,image_path\n";
  for (int i = 0; i < 1000; ++i) text += fit::format("{},no.jpg\n", i);
  ImportOptions options;
  options.max_reported = 7;
  options.rejects_path = path("rejects.ndjson");
  const ImportReport report = import_csv(text, options);
  EXPECT_EQ(report.rejected, 1000);
  EXPECT_THAT(report.rejects, SizeIs(7));
  const Bytes rejects = read_file(options.rejects_path, 1 << 20).value();
  EXPECT_EQ(std::ranges::count(as_text(rejects), '\n'), 1000);
}

TEST_F(ImporterTest, NoRejectsNoFile) {
  write_photos(1);
  ImportOptions options;
  options.rejects_path = path("rejects.ndjson");
  write_file(options.rejects_path, std::string_view("of an earlier import"));
  import_csv("id,image_path\n1,p0.jpg\n", options);
  EXPECT_FALSE(std::filesystem::exists(options.rejects_path));
  options.rejects_path = path("no/such/folder/rejects.ndjson");
  EXPECT_FALSE(testing::import_file(bench_, path("items.csv"), options));
}

TEST_F(ImporterTest, RowsSwallowedByAStrayQuoteAreRecovered) {
  write_photos(1);
  // The stray quote of row 2 is closed by that of row 4, which makes a well-formed row of three lines. A
  // title never spans lines, so the row is rejected and read again from its second line.
  const ImportReport report =
      import_csv("id,title,image_path\n1,a,p0.jpg\n2,\"b,p0.jpg\n3,c,p0.jpg\n4,d\",p0.jpg\n5,e,p0.jpg\n");
  EXPECT_EQ(report.created, 4);
  EXPECT_EQ(report.rejected, 1);
  EXPECT_EQ(bench_.item("items", "3").listing.title, "c");
  EXPECT_EQ(bench_.item("items", "4").listing.title, "d\"");
}

TEST_F(ImporterTest, NdjsonWithPathsBase64AndBadLines) {
  write_photos(2);
  const std::string base64 = encode_base64(jpeg(7));
  write_file(path("items.ndjson"),
             "{\"external_id\": \"1\", \"image_path\": \"p0.jpg\", \"price\": 3, \"category\": \"dress\"}\n"
             "not json\n"
             "{\"external_id\": \"3\", \"images\": [\"p1.jpg\", {\"image_base64\": \"" +
                 base64 +
                 "\"}]}\n"
                 "[1, 2]\n"
                 "{\"external_id\": \"5\", \"price\": NaN, \"image_path\": \"p0.jpg\"}\n"
                 "{\"external_id\": \"6\", \"colour\": \"red\", \"image_path\": \"p0.jpg\"}\n"
                 "{\"external_id\": \"7\", \"title\": \"\xFF\", \"image_path\": \"p0.jpg\"}\n" +
                 std::string(200, '[') +
                 "\n"
                 "{\"external_id\": \"9\", \"images\": [{\"image_base64\": \"AAAA\"}]}\n"
                 "{\"external_id\": \"10\"}\n");
  const ImportReport report = import(path("items.ndjson"));
  EXPECT_EQ(report.created, 3);
  std::map<std::int64_t, std::string> fields;
  for (const Reject& reject : report.rejects) fields[reject.line] = reject.field;
  const std::map<std::int64_t, std::string> wanted = {{2, ""}, {4, ""},          {5, ""},       {6, "colour"},
                                                      {8, ""}, {9, "images[0]"}, {10, "images"}};
  EXPECT_EQ(fields, wanted);
  const auto item = bench_.item("items", "3");
  ASSERT_THAT(item.images, SizeIs(2));
  EXPECT_THAT(item.images[1].location, ::testing::StartsWith("stored:"));
}

TEST_F(ImporterTest, LongLineIsBounded) {
  write_photos(1);
  {
    std::ofstream file(path("items.ndjson"), std::ios::binary);
    file << "{\"external_id\": \"1\", \"image_path\": \"p0.jpg\"}\n{\"title\": \"";
    const std::string block(1 << 20, 'x');
    for (int i = 0; i < 100; ++i) file << block;
    file << "\"}\n{\"external_id\": \"3\", \"image_path\": \"p0.jpg\"}\n";
  }
  const ImportReport report = import(path("items.ndjson"));
  EXPECT_EQ(report.created, 2);
  ASSERT_THAT(report.rejects, SizeIs(1));
  EXPECT_EQ(report.rejects[0].line, 2);
  EXPECT_THAT(report.rejects[0].reason, HasSubstr("longer than"));
}

TEST_F(ImporterTest, FolderBecomesItemsWithCategories) {
  for (const char* name : {"dress/3f2a91bc-0d1e.jpg", "Outer Wear/coats/red_wool-coat.jpg", "IMG_2041.jpg",
                           "Levi's 501 W32 L34.jfif", "@eaDir/IMG_2041.jpg", "dress/Thumbnails/1.jpg"}) {
    write_file(path(name), jpeg(xxh3(as_bytes(name))));
  }
  write_file(path("dress/broken.jpg"), std::string_view("no picture"));
  write_file(path("notes.txt"), std::string_view("no photo"));
  write_file(path("README"), std::string_view("no photo"));
  std::filesystem::create_directory_symlink("..", path("dress/loop"));
  ImportOptions options;
  options.rejects_path = bench_.folder() / "rejects.ndjson";
  const ImportReport report = import(path(""), options);
  EXPECT_EQ(report.created, 4);
  EXPECT_EQ(report.rejected, 1);
  ASSERT_THAT(report.rejects, SizeIs(1));
  EXPECT_EQ(report.rejects[0].line, 5);  // the fifth file in sorted order
  const auto dress = bench_.item("in", "dress/3f2a91bc-0d1e.jpg");
  EXPECT_EQ(dress.listing.title, "Dress");
  EXPECT_EQ(property(dress, "category"), "dress");
  const auto coat = bench_.item("in", "Outer Wear/coats/red_wool-coat.jpg");
  EXPECT_EQ(coat.listing.title, "Red wool coat");
  EXPECT_EQ(property(coat, "category"), "coats");
  const auto jeans = bench_.item("in", "Levi's 501 W32 L34.jfif");
  EXPECT_EQ(jeans.listing.title, "Levi's 501 W32 L34");
  EXPECT_THAT(report.remarks,
              ::testing::UnorderedElementsAre(HasSubstr("1 without an ending, 1 .txt"), HasSubstr("@eaDir")));
  const auto other = bench_.item("in", "IMG_2041.jpg");
  EXPECT_EQ(other.listing.title, "IMG_2041");
  EXPECT_EQ(property(other, "category"), "");
  EXPECT_EQ(other.images[0].location, path("IMG_2041.jpg").string());
  EXPECT_TRUE(bench_.catalog->original(other.images[0].id));
}

TEST_F(ImporterTest, EmptyInputs) {
  std::filesystem::create_directories(path("nothing"));
  EXPECT_EQ(import(path("nothing")).created, 0);
  EXPECT_EQ(import_csv("id,image_path\n").created, 0);
  write_file(path("a.ndjson"), std::string_view());
  EXPECT_EQ(import(path("a.ndjson")).created, 0);
  EXPECT_EQ(testing::import_file(bench_, path("missing.csv")).error().code, ErrorCode::kNotFound);
  ImportOptions options;
  options.format = ImportFormat::kFolder;
  ImportReport report;
  EXPECT_FALSE(Importer(bench_.catalog->writer()).run(path("missing"), options, {}, {}, report));
}

TEST_F(ImporterTest, SecondImportSkipsWithoutDecoding) {
  write_photos(30);
  EXPECT_EQ(import(path("")).created, 30);
  const int embedded = bench_.embedder.embedded_images;
  const ImportReport again = import(path(""));
  EXPECT_EQ(again.unchanged, 30);
  EXPECT_EQ(bench_.embedder.embedded_images, embedded);

  write_file(path("p3.jpg"), jpeg(100, 60, 60));
  const ImportReport third = import(path(""));
  EXPECT_EQ(third.unchanged, 29);
  EXPECT_EQ(third.updated, 1);
  EXPECT_EQ(bench_.item("in", "p3.jpg").images.at(0).sha256, sha256_hex(jpeg(100, 60, 60)));
}

TEST_F(ImporterTest, ChangedRowsKeepVectorsOfUnchangedImages) {
  write_photos(3);
  import_csv("id,price,images\n1,5,p0.jpg|p1.jpg\n");
  const auto before = bench_.item("items", "1");
  EXPECT_EQ(import_csv("id,price,images\n1,4,p2.jpg|p0.jpg\n").updated, 1);
  const auto after = bench_.item("items", "1");
  EXPECT_EQ(after.listing.price, 4);
  ASSERT_THAT(after.images, SizeIs(2));
  EXPECT_EQ(after.images[1].id, before.images[0].id);
  EXPECT_EQ(bench_.embedder.embedded_images, 3);
  EXPECT_EQ(bench_.store->vectors().count(bench_.spaces[0].space_id).value(), 2);
}

TEST_F(ImporterTest, ASecondRowOfOneIdIsRejectedAndNamesTheFirst) {
  write_photos(4);
  // Rows with large and small images overtake each other in the pipeline.
  write_file(path("large.jpg"), jpeg(9, 1600, 1200));
  std::string text = "id,title,images\n";
  for (int key = 0; key < 20; ++key) {
    for (int version = 0; version < 10; ++version) {
      text += fit::format("{},v{},{}\n", key, version, version % 2 == 0 ? "large.jpg|p0.jpg" : "p1.jpg");
    }
  }
  for (int round = 0; round < 2; ++round) {
    const ImportReport report = import_csv(text);
    EXPECT_EQ(report.created, round == 0 ? 20 : 0);
    EXPECT_EQ(report.unchanged, round == 0 ? 0 : 20);
    EXPECT_EQ(report.rejected, 180);
    EXPECT_THAT(report.rejects.at(0).reason, HasSubstr("in line 2"));
    for (const auto& item : bench_.items()) EXPECT_EQ(item.listing.title, "v0");
  }
}

TEST_F(ImporterTest, ARowWithoutImagesDoesNotTakeTheIdOfALaterOne) {
  write_photos(1);
  const ImportReport report = import_csv("id,title,images\n1,first,\n1,second,p0.jpg\n");
  EXPECT_EQ(report.created, 1);
  EXPECT_EQ(report.rejected, 1);
  EXPECT_EQ(bench_.item("items", "1").listing.title, "second");
}

TEST_F(ImporterTest, OneImageThatFailsTheModelFailsAlone) {
  for (std::uint64_t i = 0; i < 40; ++i) write_file(path(fit::format("p{:02}.jpg", i)), jpeg(i));
  bench_.embedder.bad_red = bench_.embedder.prepare(media::decode("p", jpeg(11), 0).value())->rgb[0];
  const ImportReport report = import(path(""));
  EXPECT_EQ(report.created + report.rejected, 40);
  EXPECT_GE(report.rejected, 1);
  EXPECT_LE(report.rejected, 8);  // other images may have the same first pixel
  for (const Reject& reject : report.rejects) EXPECT_EQ(reject.field, "images[0]");
}

TEST_F(ImporterTest, AnUnavailableModelEndsTheImport) {
  write_photos(100);
  bench_.embedder.unavailable = true;
  const auto report = testing::import_file(bench_, path(""));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(bench_.store->items().counts()->items, 0);
  bench_.embedder.unavailable = false;
  EXPECT_EQ(import(path("")).created, 100);
}

TEST_F(ImporterTest, StorageThatCannotBeWrittenEndsTheImport) {
  write_photos(3);
  std::filesystem::create_directories(bench_.folder() / "storage");
  std::filesystem::create_symlink("/dev/full", bench_.folder() / "storage/thumbnails");
  const auto report = testing::import_file(bench_, path(""));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message, "the image could not be stored");
  EXPECT_EQ(bench_.store->items().counts()->items, 0);
}

TEST_F(ImporterTest, AStoppedImportIsResumedByTheNextRun) {
  write_photos(200);
  ImportOptions options;
  options.format = ImportFormat::kFolder;
  Importer importer(bench_.catalog->writer());
  std::stop_source stopped;
  stopped.request_stop();
  ImportReport none;
  const auto first = importer.run(path(""), options, {}, stopped.get_token(), none);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(bench_.store->items().counts()->items, 0);

  std::stop_source stop;
  ImportReport some;
  const auto second = importer.run(
      path(""), options,
      [&](std::int64_t, std::int64_t total) {
        EXPECT_EQ(total, 200);
        if (bench_.embedder.embedded_images > 20) stop.request_stop();
      },
      stop.get_token(), some);
  if (!second) {
    EXPECT_EQ(second.error().code, ErrorCode::kCancelled);
  }
  EXPECT_EQ(bench_.store->items().counts()->items, some.created);
  const ImportReport rest = import(path(""));
  EXPECT_EQ(rest.unchanged, some.created);
  EXPECT_EQ(rest.created, 200 - some.created);
}

TEST_F(ImporterTest, ProgressEndsComplete) {
  write_photos(5);
  write_file(path("items.csv"), std::string_view("id,images\n1,p0.jpg\n2,p1.jpg\n3,no.jpg\n4,p2.jpg\n"));
  ImportOptions options;
  std::pair<std::int64_t, std::int64_t> last;
  ImportReport report;
  ASSERT_TRUE(Importer(bench_.catalog->writer())
                  .run(
                      path("items.csv"), options,
                      [&](std::int64_t done, std::int64_t total) { last = {done, total}; }, {}, report));
  EXPECT_EQ(last.first, 4);
  EXPECT_EQ(last.second, 4) << "estimated from the bytes read, which are all of the file";
}

TEST_F(ImporterTest, ALargePlainImageIsImported) {
  write_file(path("big.png"), media::encode_png(testing::drawn(1, 6000, 700)).value());
  EXPECT_EQ(import(path("")).created, 1);
  EXPECT_EQ(bench_.item("in", "big.png").images.at(0).width, 6000);
}

TEST_F(ImporterTest, RandomCsvNeverBreaksTheImport) {
  write_photos(2);
  const std::string good =
      "id,title,price,images\n1,\"a, b\",5,p0.jpg\n2,c,,p1.jpg|p0.jpg\n3,\"d \"\"e\"\"\",1.5,p0.jpg\n";
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    std::mt19937_64 random(seed);
    std::string text = good;
    for (int change = 0; change < 4; ++change) {
      const std::size_t at = 22 + random() % (text.size() - 22);
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, random() % 5);
          break;
        default:
          text.insert(at, 1, "\",\n\r|\0"[random() % 6]);
      }
    }
    write_file(path("items.csv"), text);
    const auto report = testing::import_file(bench_, path("items.csv"));
    ASSERT_TRUE(report) << seed << report.error().describe();
    ASSERT_GE(report->created + report->updated + report->unchanged + report->rejected, 1) << seed;
  }
}

}  // namespace
}  // namespace fit::ingest

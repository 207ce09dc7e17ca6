// Imports of images over HTTP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "base/hash.h"
#include "ingest/import/test_import.h"
#include "net/test_server.h"

namespace fit::ingest {
namespace {

using testing::Bench;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::jpeg;
using ::testing::SizeIs;
using testing::write_file;

// Serves "/<seed>.jpg" as an image, and other names as various failures.
void serve(const net::TestServer::Request& request, net::TestServer::Connection& connection) {
  const std::string& target = request.target;
  if (target == "/gone.jpg") {
    connection.send(net::TestServer::answer(404, "not here"));
  } else if (target == "/page.jpg") {
    connection.send(
        net::TestServer::answer(200, "<html>a page, not a picture</html>", "Content-Type: image/jpeg\r\n"));
  } else if (target == "/empty.jpg") {
    connection.send(net::TestServer::answer(200, ""));
  } else if (target == "/endless.jpg") {
    connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    const std::string block(1 << 16, 'x');
    while (connection.send(block)) {
    }
  } else if (target == "/inside.jpg") {
    connection.send(
        net::TestServer::answer(302, "", "Location: http://169.254.169.254/latest/meta-data/\r\n"));
  } else {
    connection.send(net::TestServer::answer(200, as_text(jpeg(std::stoull(target.substr(1))))));
  }
}

std::string row(int id, const std::string& url) {
  return fit::format("{},{}\n", id, url);
}

TEST(ImportRemoteTest, ImagesAreFetchedOnce) {
  net::TestServer server(serve);
  Bench bench({.allow_local_paths = false, .allow_private_addresses = true});
  std::string text = "id,price,image_urls\n";
  for (int i = 0; i < 20; ++i)
    text += fit::format("{},1,{}|{}\n", i, server.url(fit::format("/{}.jpg", i)), server.url("/99.jpg"));
  write_file(bench.folder() / "items.csv", text);
  const auto first = testing::import_file(bench, bench.folder() / "items.csv");
  ASSERT_TRUE(first) << first.error().describe();
  EXPECT_EQ(first->created, 20);
  EXPECT_THAT(server.requests(), SizeIs(40));
  const auto item = bench.item("items", "7");
  EXPECT_EQ(item.images.at(0).location, server.url("/7.jpg"));
  EXPECT_EQ(item.images.at(0).sha256, sha256_hex(jpeg(7)));
  EXPECT_EQ(bench.catalog->original(item.images[0].id).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(bench.catalog->thumbnail(item.images[0].id));

  EXPECT_EQ(testing::import_file(bench, bench.folder() / "items.csv")->unchanged, 20);
  std::ranges::replace(text, '1', '1');
  for (std::size_t at = text.find(",1,"); at != std::string::npos; at = text.find(",1,", at))
    text[at + 1] = '2';
  write_file(bench.folder() / "items.csv", text);
  EXPECT_EQ(testing::import_file(bench, bench.folder() / "items.csv")->updated, 20);
  EXPECT_THAT(server.requests(), SizeIs(40));  // a changed price fetches no image
  EXPECT_EQ(bench.store->vectors().count(bench.spaces[0].space_id).value(), 40);
}

TEST(ImportRemoteTest, PrivateAddressesAreRefused) {
  net::TestServer server(serve);
  Bench bench;
  write_file(bench.folder() / "items.csv",
             "id,image_url\n" + row(1, server.url("/1.jpg")) + row(2, "http://10.0.0.1/a.jpg") +
                 row(3, "http://[::1]/a.jpg") + row(4, "http://localhost/a.jpg"));
  const auto report = testing::import_file(bench, bench.folder() / "items.csv");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->rejected, 4);
  for (const Reject& reject : report->rejects) EXPECT_EQ(reject.field, "images[0]");
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST(ImportRemoteTest, AFailedFetchRejectsTheRow) {
  net::TestServer server(serve);
  Bench bench({.allow_private_addresses = true});
  std::string text = "id,image_url\n";
  int id = 0;
  for (const char* name : {"/1.jpg", "/gone.jpg", "/page.jpg", "/empty.jpg", "/endless.jpg", "/2.jpg"}) {
    text += row(++id, server.url(name));
  }
  text += row(7, "http:///nohost.jpg") + row(8, "http://127.0.0.1:1/closed.jpg");
  write_file(bench.folder() / "items.csv", text);
  const auto report = testing::import_file(bench, bench.folder() / "items.csv");
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->created, 2);
  std::set<std::int64_t> lines;
  for (const Reject& reject : report->rejects) {
    EXPECT_EQ(reject.field, "images[0]");
    lines.insert(reject.line);
  }
  EXPECT_EQ(lines, (std::set<std::int64_t>{3, 4, 5, 6, 8, 9}));
}

TEST(ImportRemoteTest, LostThumbnailIsFetchedAgain) {
  net::TestServer server(serve);
  Bench bench({.allow_private_addresses = true});
  catalog::ItemInput item;
  item.listing.source = "shop";
  item.listing.external_id = "1";
  item.images.push_back({server.url("/1.jpg"), {}});
  const auto outcome = bench.catalog->put(item);
  ASSERT_TRUE(outcome) << outcome.error().describe();
  const ImageId image = bench.catalog->get(outcome->id)->images.at(0).id;
  const Bytes thumbnail = catalog::testing::bytes_of(bench.catalog->thumbnail(image));
  std::filesystem::remove_all(bench.folder() / "storage/thumbnails");
  EXPECT_EQ(catalog::testing::bytes_of(bench.catalog->thumbnail(image)), thumbnail);
  EXPECT_THAT(server.requests(), SizeIs(2));
  EXPECT_EQ(catalog::testing::bytes_of(bench.catalog->thumbnail(image)), thumbnail);
  EXPECT_THAT(server.requests(), SizeIs(2));
}

}  // namespace
}  // namespace fit::ingest

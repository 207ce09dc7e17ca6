#include "blobs/storage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "base/hash.h"
#include "base/secure_random.h"
#include "base/temp_dir.h"
#include "blobs/s3_xml.h"
#include "blobs/storage_error.h"
#include "blobs/test_s3.h"

namespace fit::blobs {
namespace {

Result<Storage> open_storage(std::string_view url, S3Options server = {}) {
  return Storage::open("STORAGE_BACKEND", url, {.server = std::move(server), .credentials = {}});
}

TEST(StorageTest, ReadsUrls) {
  const TempDir folder;
  const auto local = open_storage("fs://" + folder.path().string());
  ASSERT_TRUE(local);
  EXPECT_TRUE(local->is_local());
  EXPECT_EQ(local->url(), "fs://" + folder.path().string());
  const std::string name = sha256_hex({}) + ".jpg";
  EXPECT_EQ(local->store("images")->local_path(name), folder.path() / "images" / name.substr(0, 2) / name);
  for (const auto& [url, shown] :
       {std::pair("s3://shop-files", "s3://shop-files"), std::pair("s3://shop-files/", "s3://shop-files"),
        std::pair("s3://a.b.c/x/y_Z-1.0/", "s3://a.b.c/x/y_Z-1.0")}) {
    const auto storage = open_storage(url);
    ASSERT_TRUE(storage) << url;
    EXPECT_FALSE(storage->is_local());
    EXPECT_EQ(storage->url(), shown);
    EXPECT_FALSE(storage->store("images")->local_path(name));
  }
}

TEST(StorageTest, RefusesOtherUrls) {
  for (const char* url : {"",
                          "data",
                          "/data",
                          "fs:data",
                          "fs://data",
                          "s3:",
                          "s3://",
                          "s3:///x",
                          "s3://ab/x",
                          "s3://UPPER/x",
                          "s3://under_score/x",
                          "s3://-abc/x",
                          "s3://a..b/x",
                          "s3://abc//x",
                          "s3://abc/x//y",
                          "s3://abc/../y",
                          "s3://abc/x/..",
                          "s3://abc/./x",
                          "s3://abc/a b",
                          "s3://abc/\xC3\xA4",
                          "s3://abc/a?b",
                          "s3://key:secret@abc/x",
                          "gs://abc/x"}) {
    const auto storage = open_storage(url);
    ASSERT_FALSE(storage) << url;
    EXPECT_EQ(storage.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(storage.error().field, "STORAGE_BACKEND");
  }
  for (const char* endpoint :
       {"127.0.0.1:9000", "ftp://host", "http://", "http://host/path", "http://u:p@host", "http://host?x"}) {
    const auto storage = open_storage("s3://abc", {.endpoint = endpoint});
    ASSERT_FALSE(storage) << endpoint;
    EXPECT_EQ(storage.error().field, "S3_ENDPOINT");
  }
  EXPECT_EQ(open_storage("s3://abc", {.region = "eu:x"}).error().field, "S3_REGION");
}

// Removes a part of a place that has other parts.
void expect_removal_of_a_part(const Storage& storage) {
  const std::string name = sha256_hex(as_bytes("content")) + ".jpg";
  const Storage shop = storage.part("tenants/shop");
  for (const Storage& place : {storage, shop, storage.part("tenants/shop2")}) {
    for (const char* store : {"images", "thumbnails"}) {
      ASSERT_TRUE(place.store(store)->put(name, as_bytes("content"), Durability::kSynced));
    }
  }
  const auto hold = shop.store("images")->hold(HoldFor::kReading);
  ASSERT_TRUE(hold);
  ASSERT_TRUE(shop.remove_all());
  ASSERT_TRUE(shop.remove_all()) << "nothing is left to remove";
  for (const char* store : {"images", "thumbnails"}) {
    EXPECT_FALSE(shop.store(store)->exists(name).value());
    EXPECT_TRUE(storage.store(store)->exists(name).value());
    EXPECT_TRUE(storage.part("tenants/shop2").store(store)->exists(name).value());
  }
}

TEST(StorageTest, RemovesAPartOfAFolder) {
  const TempDir folder;
  expect_removal_of_a_part(Storage(folder.path()));
}

TEST(StorageTest, RemovesAPartOfABucket) {
  const auto server = TestS3::find();
  if (!server) GTEST_SKIP() << "this run has no S3 server";
  S3Options options = server->options();
  options.page = 1;  // several pages
  const std::string prefix = "storage-test/" + sha256_hex(secure_random(16)).substr(0, 16);
  const auto storage = Storage::open("STORAGE_BACKEND", "s3://fit/" + prefix,
                                     {.server = std::move(options), .credentials = server->credentials()});
  ASSERT_TRUE(storage);
  expect_removal_of_a_part(*storage);
  ASSERT_TRUE(storage->remove_all());
  EXPECT_EQ(open_storage("s3://fit")->remove_all().error().code, ErrorCode::kInvalid);
}

TEST(S3XmlTest, ReadsLists) {
  const auto page = parse_s3_page(
      as_bytes("<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
               "<IsTruncated>true</IsTruncated><Contents><Key>a&amp;b</Key><Size>12</Size><ETag>x</ETag>"
               "<LastModified>2026-01-02T03:04:05.000Z</LastModified></Contents></ListBucketResult>"));
  ASSERT_TRUE(page);
  EXPECT_FALSE(page->is_last);
  ASSERT_EQ(page->objects.size(), 1U);
  EXPECT_EQ(page->objects[0].key, "a&b");
  EXPECT_EQ(page->objects[0].size_bytes, 12);
  EXPECT_EQ(to_rfc3339(page->objects[0].modified_at), "2026-01-02T03:04:05.000000Z");
  const auto uploads = parse_s3_uploads(
      as_bytes("<ListMultipartUploadsResult><Upload><Key>k</Key><UploadId>u</UploadId>"
               "<Initiated>2026-01-02T03:04:05Z</Initiated></Upload></ListMultipartUploadsResult>"));
  ASSERT_TRUE(uploads);
  EXPECT_EQ(uploads->at(0).id, "u");
  EXPECT_EQ(s3_error_code(as_bytes("<Error><Code>SlowDown</Code></Error>")), "SlowDown");
}

TEST(S3XmlTest, RefusesOtherDocuments) {
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "<a>";
  for (const std::string& text : std::vector<std::string>{
           "", "text", "<html/>", "<ListBucketResult>", deep, std::string(1000, '\0'), "\xFF\xFE<",
           "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
           "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
           "<ListBucketResult><Contents><Key>a</Key><Size>-1</Size><LastModified>2026-01-02T03:04:05Z"
           "</LastModified></Contents></ListBucketResult>",
           "<!DOCTYPE r [<!ENTITY a SYSTEM "
           "\"file:///etc/passwd\">]><ListBucketResult><Contents><Key>&a;</Key>"
           "</Contents></ListBucketResult>"}) {
    const auto page = parse_s3_page(as_bytes(text));
    ASSERT_FALSE(page) << text.substr(0, 80);
    EXPECT_EQ(page.error().code, ErrorCode::kBadGateway);
    EXPECT_FALSE(parse_s3_uploads(as_bytes(text)));
    EXPECT_FALSE(parse_s3_upload_id(as_bytes(text)));
    EXPECT_EQ(s3_error_code(as_bytes(text)), "");
  }
}

// A client that is told so of images is told the same as of the database.
TEST(StorageTest, TellsThatTheDiskIsFull) {
  const Error error = storage_error(from_errno("write /data/images/ab", ENOSPC), "image");
  EXPECT_EQ(error.code, ErrorCode::kStorageFull);
  EXPECT_THAT(error.message, ::testing::HasSubstr("the disk"));
  EXPECT_THAT(error.message, ::testing::HasSubstr("full"));
  EXPECT_THAT(error.message, ::testing::Not(::testing::HasSubstr("/data"))) << "paths are for the log";
}

}  // namespace
}  // namespace fit::blobs

// What S3Blobs does when the server refuses, fails, stalls or lies, against a server that checks signatures.
#include "blobs/s3_blobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/secure_random.h"
#include "base/temp_dir.h"
#include "blobs/test_s3.h"

namespace fit::blobs {
namespace {

using Request = net::TestServer::Request;
using Respond = std::function<std::string()>;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::uint64_t kAnySize = 1 << 30;
constexpr std::chrono::hours kAnHour{1};

std::string s3_name_of(std::string_view content) {
  return sha256_hex(as_bytes(content)) + ".jpg";
}

std::string error_xml(int status, std::string_view code) {
  return net::TestServer::answer(status,
                                 fit::format("<?xml version=\"1.0\"?><Error><Code>{}</Code></Error>", code));
}

class S3BlobsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!server_) GTEST_SKIP() << "this run has no S3 server";
  }

  // A store behind a proxy with this fault.
  std::unique_ptr<S3Blobs> behind(S3Proxy::Fault fault, S3Options options) {
    proxy_ = std::make_unique<S3Proxy>(server_->endpoint, std::move(fault));
    options.endpoint = proxy_->endpoint();
    return std::make_unique<S3Blobs>(server_->bucket(std::move(options)), folder_);
  }
  std::unique_ptr<S3Blobs> behind(S3Proxy::Fault fault) {
    return behind(std::move(fault), server_->options());
  }
  // A store whose first request of the method gets this response.
  std::unique_ptr<S3Blobs> failing_once(std::string method, std::string response) {
    return behind([method = std::move(method), response = std::move(response), is_done = false](
                      const Request& request, int, const Respond&) mutable -> std::optional<std::string> {
      if (is_done || request.method != method) return std::nullopt;
      is_done = true;
      return response;
    });
  }

  const std::optional<TestS3> server_ = TestS3::find();
  const std::string folder_ = "s3-test/" + sha256_hex(secure_random(16)).substr(0, 16);
  std::unique_ptr<S3Proxy> proxy_;
};

TEST_F(S3BlobsTest, AWrongSecretIsRefused) {
  const std::string name = s3_name_of("content");
  for (const auto& [key_id, secret] : {std::pair(server_->key_id, std::string("wrong")),
                                       std::pair(std::string("nobody"), server_->secret)}) {
    const auto bucket =
        S3Bucket::make("fit", server_->options(),
                       test_credentials({{"AWS_ACCESS_KEY_ID", key_id}, {"AWS_SECRET_ACCESS_KEY", secret}}))
            .value();
    S3Blobs store(bucket, folder_);
    const auto put = store.put(name, as_bytes("content"), Durability::kSynced);
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().code, ErrorCode::kInternal);
    EXPECT_THAT(put.error().detail, HasSubstr("status 403"));
    EXPECT_THAT(put.error().describe(), ::testing::Not(HasSubstr(secret)));
    EXPECT_FALSE(store.exists(name));
    EXPECT_FALSE(store.get(name, kAnySize));
    EXPECT_FALSE(store.probe());
  }
  const S3Blobs right(server_->bucket(), folder_);
  EXPECT_FALSE(right.exists(name).value()) << "nothing was stored";
  EXPECT_TRUE(right.probe());
}

TEST_F(S3BlobsTest, ABucketThatIsNotThereIsAnError) {
  const auto bucket = S3Bucket::make("nowhere", server_->options(), server_->credentials()).value();
  S3Blobs store(bucket, folder_);
  EXPECT_EQ(store.put(s3_name_of("a"), as_bytes("a"), Durability::kSynced).error().message,
            "the bucket of the file storage does not exist");
  EXPECT_EQ(store.get(s3_name_of("a"), kAnySize).error().code, ErrorCode::kInternal);
  EXPECT_FALSE(store.probe());
}

TEST_F(S3BlobsTest, FailuresThatPassAreRetried) {
  const std::string name = s3_name_of("content");
  for (const std::string& response : {error_xml(500, "InternalError"), error_xml(503, "SlowDown"),
                                      error_xml(429, "TooManyRequests"), std::string()}) {
    const auto store = failing_once("PUT", response);
    EXPECT_TRUE(store->put(name, as_bytes("content"), Durability::kSynced)) << response;
    EXPECT_EQ(as_text(store->get(name, kAnySize).value()), "content");
    const auto reader = failing_once("GET", response);
    EXPECT_EQ(as_text(reader->get(name, kAnySize).value()), "content") << response;
  }
}

TEST_F(S3BlobsTest, AServerThatFailsAlwaysIsUnavailable) {
  S3Options options = server_->options();
  options.retries = 1;
  const auto store =
      behind([](const Request&, int, const Respond&) { return error_xml(503, "SlowDown"); }, options);
  const auto put = store->put(s3_name_of("a"), as_bytes("a"), Durability::kSynced);
  EXPECT_EQ(put.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(put.error().detail, HasSubstr("SlowDown"));
  EXPECT_THAT(proxy_->requests(), SizeIs(2));
  EXPECT_EQ(store->get(s3_name_of("a"), kAnySize).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(store->exists(s3_name_of("a")).error().code, ErrorCode::kUnavailable);
}

TEST_F(S3BlobsTest, ASilentServerIsAskedAgain) {
  S3Options options = server_->options();
  options.timeout = std::chrono::milliseconds(500);
  options.bytes_per_second = 1 << 30;
  const auto store =
      behind([](const Request&, int number,
                const Respond&) { return number == 0 ? std::optional(kSilence) : std::nullopt; },
             options);
  EXPECT_TRUE(store->put(s3_name_of("a"), as_bytes("a"), Durability::kUnsynced));
  EXPECT_THAT(proxy_->requests(), SizeIs(2));
}

TEST_F(S3BlobsTest, AContentThatIsCutIsReadAgain) {
  const std::string content(100'000, 'x');
  const std::string name = s3_name_of(content);
  S3Blobs direct(server_->bucket(), folder_);
  ASSERT_TRUE(direct.put(name, as_bytes(content), Durability::kSynced));
  // The connection ends before the announced length.
  const auto cut =
      behind([](const Request&, int number, const Respond& respond) -> std::optional<std::string> {
        if (number > 0) return std::nullopt;
        const std::string response = respond();
        return response.substr(0, response.size() / 2);
      });
  EXPECT_EQ(as_text(cut->get(name, kAnySize).value()), content);
  // A shorter content with a length and a range that agree with it.
  const auto lying = behind([](const Request&, int number, const Respond&) -> std::optional<std::string> {
    if (number > 0) return std::nullopt;
    return "HTTP/1.1 206 Test\r\nContent-Length: 3\r\nContent-Range: bytes 0-2/3\r\nConnection: "
           "close\r\n\r\nxxx";
  });
  EXPECT_EQ(as_text(lying->get(name, kAnySize).value()), content);
  // More than was asked for.
  const auto longer = behind([](const Request&, int, const Respond&) {
    return std::optional(
        net::TestServer::answer(206, std::string(kAnySize >> 10, 'x'), "Content-Range: bytes 0-9/10\r\n"));
  });
  EXPECT_EQ(longer->read(name, 0, 10).error().code, ErrorCode::kBadGateway);
}

TEST_F(S3BlobsTest, LargeFilesAreSentInParts) {
  S3Options options = server_->options();
  options.part_bytes = 5 << 20;
  const TempDir folder;
  std::string content;
  while (content.size() < (11u << 20)) content += sha256_hex(as_bytes(std::to_string(content.size())));
  const std::string name = s3_name_of(content);
  ASSERT_TRUE(write_file_atomically(folder.path() / "file", as_bytes(content)));
  const auto store =
      behind([](const Request&, int, const Respond&) { return std::optional<std::string>(); }, options);
  ASSERT_TRUE(store->put_file(name, folder.path() / "file"));
  const auto whole = store->get(name, kAnySize);
  ASSERT_TRUE(whole) << whole.error().describe();
  EXPECT_TRUE(as_text(*whole) == content);
  const auto part = store->read(name, 5 << 20, 6 << 20);
  ASSERT_TRUE(part) << part.error().describe();
  EXPECT_TRUE(as_text(*part) == std::string_view(content).substr(5 << 20, 6 << 20));
  EXPECT_EQ(store->get(name, 1000).error().code, ErrorCode::kTooLarge);
  // A part that is refused ends the upload, and nothing is stored.
  const auto refusing = behind(
      [](const Request& request, int, const Respond&) -> std::optional<std::string> {
        if (request.target.find("partNumber=2") == std::string::npos) return std::nullopt;
        return error_xml(403, "AccessDenied");
      },
      options);
  content += "other";
  EXPECT_FALSE(refusing->put(s3_name_of(content), as_bytes(content), Durability::kSynced));
  const auto requests = proxy_->requests();
  EXPECT_EQ(requests.back().method, "DELETE");
  EXPECT_THAT(requests.back().target, HasSubstr("uploadId="));
  const auto is_there = refusing->exists(s3_name_of(content));
  ASSERT_TRUE(is_there) << is_there.error().describe();
  EXPECT_FALSE(*is_there);
}

TEST_F(S3BlobsTest, ListsPageByPage) {
  S3Options options = server_->options();
  options.page = 2;
  S3Blobs store(server_->bucket(options), folder_);
  std::vector<std::string> names;
  for (const char* content : {"a", "b", "c", "d", "e"}) {
    names.push_back(s3_name_of(content));
    ASSERT_TRUE(store.put(names.back(), as_bytes(content), Durability::kUnsynced));
  }
  ASSERT_TRUE(server_->bucket()->put(folder_ + "/notes.txt", as_bytes("somebody else's")));
  std::vector<std::string> found;
  ASSERT_TRUE(store.list([&](const BlobInfo& blob) -> Result<void> {
    found.push_back(blob.name);
    return {};
  }));
  EXPECT_THAT(found, ::testing::UnorderedElementsAreArray(names));
}

TEST_F(S3BlobsTest, APutWaitsForARemovalAndPutsAgain) {
  const std::string content = "content";
  const std::string name = s3_name_of(content);
  const std::string digits = name.substr(0, name.size() - 4);
  const auto bucket = server_->bucket();
  const std::string key = folder_ + "/" + name;
  const std::string marker = folder_ + "/" + digits + "-removing.jpg";
  ASSERT_TRUE(bucket->put(marker, {}));
  std::atomic<bool> has_listed = false;
  const auto store = behind([&](const Request& request, int, const Respond&) {
    if (request.target.find("list-type") != std::string::npos) has_listed = true;
    return std::optional<std::string>();
  });
  std::atomic<bool> is_put = false;
  std::thread writer([&] {
    EXPECT_TRUE(store->put(name, as_bytes(content), Durability::kSynced));
    is_put = true;
  });
  while (!has_listed) std::this_thread::yield();
  EXPECT_FALSE(is_put) << "somebody is removing the file";
  EXPECT_TRUE(bucket->remove(key, std::chrono::seconds(10)));
  EXPECT_TRUE(bucket->remove(marker, std::chrono::seconds(10)));
  writer.join();
  EXPECT_EQ(as_text(store->get(name, kAnySize).value()), content);
}

TEST_F(S3BlobsTest, LeftMarkersAreUnfinishedFiles) {
  S3Blobs store(server_->bucket(), folder_);
  const std::string digits = sha256_hex(as_bytes("a"));
  ASSERT_TRUE(server_->bucket()->put(folder_ + "/" + digits + "-removing.jpg", {}));
  std::vector<BlobInfo> found;
  const auto collect = [&] {
    found.clear();
    return store.list([&](const BlobInfo& blob) -> Result<void> {
      found.push_back(blob);
      return {};
    });
  };
  ASSERT_TRUE(collect());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_TRUE(found[0].is_unfinished);
  EXPECT_FALSE(store.remove(found[0], now() - kAnHour).value());
  EXPECT_TRUE(store.remove(found[0], now() + kAnHour).value());
  ASSERT_TRUE(collect());
  EXPECT_THAT(found, SizeIs(0));
}

TEST_F(S3BlobsTest, RenewMakesAFileNew) {
  S3Blobs store(server_->bucket(), folder_);
  ASSERT_TRUE(store.put(s3_name_of("a"), as_bytes("a"), Durability::kSynced));
  EXPECT_TRUE(store.renew(s3_name_of("a")).value());
  EXPECT_EQ(as_text(store.get(s3_name_of("a"), kAnySize).value()), "a");
  EXPECT_FALSE(store.renew(s3_name_of("b")).value());
}

TEST(S3HoldTest, AHoldThatIsNotRenewedDoesNotCount) {
  const auto list_with = [](const std::string& own, const std::string& age) {
    const auto object = [](const std::string& key, const std::string& time) {
      return fit::format("<Contents><Key>{}</Key><LastModified>{}</LastModified><Size>0</Size></Contents>",
                         key, time);
    };
    return net::TestServer::answer(200, "<ListBucketResult>" + object(own, "2026-01-01T12:00:00.000Z") +
                                            object("f.holds/removing-1", age) + "</ListBucketResult>");
  };
  for (const auto& [age, is_free] :
       {std::pair("2026-01-01T11:54:59.000Z", true), std::pair("2026-01-01T11:55:01.000Z", false)}) {
    std::string own;
    net::TestServer server([&](const Request& request, net::TestServer::Connection& connection) {
      if (request.method == "PUT") own = request.target.substr(std::string_view("/fit/").size());
      connection.send(request.method == "GET" ? list_with(own, age) : net::TestServer::answer(200, ""));
    });
    const auto bucket =
        S3Bucket::make("fit", {.endpoint = server.url("")},
                       test_credentials({{"AWS_ACCESS_KEY_ID", "k"}, {"AWS_SECRET_ACCESS_KEY", "s"}}))
            .value();
    S3Blobs store(bucket, "f");
    const auto hold = store.hold(HoldFor::kReading);
    EXPECT_EQ(hold.has_value(), is_free) << age;
    if (!is_free) {
      EXPECT_EQ(hold.error().code, ErrorCode::kConflict);
    }
  }
}

}  // namespace
}  // namespace fit::blobs

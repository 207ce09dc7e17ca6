#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>

#include "base/files.h"
#include "base/format.h"
#include "base/temp_dir.h"
#include "net/http_client.h"
#include "net/test_server.h"

namespace fit::net {
namespace {

using std::chrono::milliseconds;

std::string content(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + (i * i + i / 7) % 26);
  return text;
}

const std::string kFile = content(50000);

struct FileServer {
  std::string etag = "\"v1\"";
  bool ranges = true;
  std::atomic<std::size_t> break_after = 0;  // closes one response after this many bytes of its body
  std::string extra_headers;

  void operator()(const TestServer::Request& request, TestServer::Connection& connection) {
    std::size_t first = 0;
    const auto range = request.headers.find("range");
    const auto if_range = request.headers.find("if-range");
    if (ranges && range != request.headers.end() && if_range != request.headers.end() &&
        if_range->second == etag) {
      first = std::stoul(range->second.substr(6));
    }
    std::string head;
    if (first > 0 && first >= kFile.size()) {
      connection.send(
          TestServer::answer(416, "", fit::format("Content-Range: bytes */{}\r\n", kFile.size())));
      return;
    }
    if (first > 0)
      head = fit::format("Content-Range: bytes {}-{}/{}\r\n", first, kFile.size() - 1, kFile.size());
    head = fit::format("HTTP/1.1 {} OK\r\nContent-Length: {}\r\nETag: {}\r\nConnection: close\r\n{}{}\r\n",
                       first > 0 ? 206 : 200, kFile.size() - first, etag, extra_headers, head);
    connection.send(head);
    const std::size_t stop = break_after.exchange(0);
    connection.send(std::string_view(kFile).substr(first, stop > 0 ? stop : std::string::npos));
  }
};

class DownloadTest : public ::testing::Test {
 protected:
  DownloadTest() : server_([this](const auto& request, auto& connection) { files_(request, connection); }) {}

  HttpClient client() {
    HttpClient::Options options;
    options.allow_private_addresses = true;
    options.sleep = [this](milliseconds) { ++waits_; };
    return HttpClient(options);
  }
  Result<HttpClient::Download> fetch(int retries = 0) {
    HttpLimits limits;
    limits.retries = retries;
    limits.max_bytes = max_bytes_;
    return client().download(server_.url("/model.onnx"), path_, limits,
                             [this](std::uint64_t done, std::uint64_t total) {
                               done_ = done;
                               total_ = total;
                             });
  }
  std::string on_disk() {
    const auto bytes = read_file(path_, 1 << 20);
    return bytes ? std::string(as_text(*bytes)) : std::string();
  }
  bool etag_kept() const { return std::filesystem::exists(path_.string() + ".etag"); }

  FileServer files_;
  TestServer server_;
  TempDir dir_;
  std::filesystem::path path_ = dir_.path() / "model.onnx.part";
  std::uint64_t max_bytes_ = 1 << 20;
  std::atomic<int> waits_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

TEST_F(DownloadTest, DownloadsAFile) {
  const auto download = fetch();
  ASSERT_TRUE(download) << download.error().describe();
  EXPECT_EQ(download->size_bytes, kFile.size());
  EXPECT_EQ(download->sha256_from_server, "");
  EXPECT_EQ(on_disk(), kFile);
  EXPECT_EQ(done_, kFile.size());
  EXPECT_EQ(total_, kFile.size());
  EXPECT_FALSE(etag_kept());
}

TEST_F(DownloadTest, ResumesAnInterruptedDownload) {
  files_.break_after = 20000;
  const auto broken = fetch();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kBadGateway);
  EXPECT_EQ(on_disk(), kFile.substr(0, 20000));
  EXPECT_TRUE(etag_kept());
  ASSERT_TRUE(fetch());
  EXPECT_EQ(on_disk(), kFile);
  EXPECT_EQ(server_.requests().at(1).headers.at("range"), "bytes=20000-");
  EXPECT_EQ(server_.requests().at(1).headers.at("if-range"), "\"v1\"");
  EXPECT_EQ(total_, kFile.size());
}

TEST_F(DownloadTest, RetriesResume) {
  files_.break_after = 20000;
  ASSERT_TRUE(fetch(1));
  EXPECT_EQ(on_disk(), kFile);
  EXPECT_EQ(waits_, 1);
  EXPECT_EQ(server_.requests().at(1).headers.at("range"), "bytes=20000-");
}

TEST_F(DownloadTest, RestartsWithoutRangeSupport) {
  files_.ranges = false;
  files_.break_after = 20000;
  ASSERT_FALSE(fetch());
  ASSERT_TRUE(fetch());
  EXPECT_EQ(on_disk(), kFile);
}

TEST_F(DownloadTest, RestartsWhenTheFileChanged) {
  files_.etag = "\"v0\"";
  files_.break_after = 20000;
  ASSERT_FALSE(fetch());
  files_.etag = "\"v1\"";
  ASSERT_TRUE(fetch());
  EXPECT_EQ(on_disk(), kFile);
}

TEST_F(DownloadTest, RestartsWithoutAValidator) {
  std::ofstream(path_) << "left over from somewhere";
  ASSERT_TRUE(fetch());
  EXPECT_EQ(on_disk(), kFile);
  EXPECT_FALSE(server_.requests().at(0).headers.contains("range"));
}

TEST_F(DownloadTest, AcceptsACompleteFile) {
  std::ofstream(path_) << kFile;
  std::ofstream(path_.string() + ".etag") << "\"v1\"";
  const auto download = fetch();
  ASSERT_TRUE(download);
  EXPECT_EQ(download->size_bytes, kFile.size());
  EXPECT_EQ(on_disk(), kFile);
}

TEST_F(DownloadTest, RestartsWhenThePartIsTooLong) {
  std::ofstream(path_) << kFile << "and more";
  std::ofstream(path_.string() + ".etag") << "\"v1\"";
  ASSERT_TRUE(fetch());
  EXPECT_EQ(on_disk(), kFile);
}

TEST_F(DownloadTest, ReadsTheServersChecksum) {
  const std::string sum(64, 'a');
  files_.extra_headers = "X-Linked-ETag: \"" + sum + "\"\r\n";
  const auto linked = fetch();
  ASSERT_TRUE(linked);
  EXPECT_EQ(linked->sha256_from_server, sum);
  files_.extra_headers.clear();
  files_.etag = "\"" + std::string(64, 'B') + "\"";
  std::filesystem::remove(path_);
  const auto plain = fetch();
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->sha256_from_server, std::string(64, 'b'));
}

TEST_F(DownloadTest, EnforcesTheSizeLimit) {
  max_bytes_ = 1000;
  const auto download = fetch();
  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().code, ErrorCode::kTooLarge);
}

TEST_F(DownloadTest, ReportsAFullDisk) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "/dev/full is absent";
  std::filesystem::create_symlink("/dev/full", path_);
  const auto download = fetch();
  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().code, ErrorCode::kStorageFull);
}

TEST_F(DownloadTest, ReportsAMissingFolder) {
  path_ = dir_.path() / "none" / "x.part";
  ASSERT_FALSE(fetch());
}

}  // namespace
}  // namespace fit::net

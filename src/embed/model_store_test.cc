#include "embed/model_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <fstream>

#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/temp_dir.h"
#include "embed/builtin_models.h"
#include "embed/tiny_models.h"
#include "net/test_server.h"

namespace fit::embed {
namespace {

using net::TestServer;
using ::testing::HasSubstr;

std::string content_of(const std::filesystem::path& path) {
  const auto bytes = read_file(path, 1 << 24);
  return bytes ? std::string(as_text(*bytes)) : std::string();
}

// A server with the tiny model's files under /mirror/files/, and a models folder with the model's manifest
// only.
class Store : public ::testing::Test {
 protected:
  Store() : server_([this](const auto& request, auto& connection) { serve(request, connection); }) {
    make_tiny_folder(upstream_);
    std::filesystem::create_directories(folder_);
    write_manifest(load_manifest(upstream_ / "manifest.json").value());
  }

  void write_manifest(const Manifest& manifest) {
    std::ofstream(folder_ / "manifest.json") << to_json(manifest);
  }
  Manifest manifest() { return load_manifest(folder_ / "manifest.json").value(); }

  void serve(const TestServer::Request& request, TestServer::Connection& connection) {
    const std::string name = request.target.substr(request.target.rfind('/') + 1);
    const std::string content = tampered_ == name ? "tampered" + content_of(upstream_ / name).substr(8)
                                                  : content_of(upstream_ / name);
    if (content.empty() || !request.target.starts_with("/mirror/files/"))
      return (void)connection.send(TestServer::answer(404, ""));
    std::size_t first = 0;
    if (const auto range = request.headers.find("range"); range != request.headers.end())
      first = std::stoul(range->second.substr(6));
    std::string head =
        fit::format("HTTP/1.1 {} OK\r\nETag: \"v\"\r\nConnection: close\r\nContent-Length: {}\r\n",
                    first > 0 ? 206 : 200, content.size() - first);
    if (first > 0)
      head += fit::format("Content-Range: bytes {}-{}/{}\r\n", first, content.size() - 1, content.size());
    if (linked_sums_)
      head += fit::format("X-Linked-ETag: \"{}\"\r\n", sha256_hex(as_bytes(content_of(upstream_ / name))));
    connection.send(head + "\r\n");
    connection.send(
        std::string_view(content).substr(first, break_next_.exchange(false) ? 20 : std::string::npos));
  }

  Result<ModelEntry> pull() {
    ModelStore::PullOptions options;
    options.base_url = server_.url("/mirror/");
    options.limits.retries = 0;
    options.progress = [this](std::int64_t done, std::int64_t total) {
      EXPECT_GE(done, static_cast<std::int64_t>(done_));
      done_ = static_cast<std::uint64_t>(done);
      total_ = static_cast<std::uint64_t>(total);
    };
    done_ = 0;
    return store_.pull("tiny", http_, options);
  }
  ModelEntry entry() { return store_.find("tiny").value(); }
  std::string failures() {
    std::string text;
    const std::vector<FileCheck> checks = store_.verify("tiny").value();
    for (const FileCheck& check : checks) {
      if (!check.ok) text += check.path + " " + check.message + "; ";
    }
    return text;
  }

  TempDir dir_;
  std::filesystem::path upstream_ = dir_.path() / "upstream";
  std::filesystem::path models_ = dir_.path() / "models";
  std::filesystem::path folder_ = models_ / "tiny";
  std::string tampered_;
  bool linked_sums_ = false;
  std::atomic<bool> break_next_ = false;
  TestServer server_;
  net::HttpClient http_{{.allow_private_addresses = true, .sleep = [](std::chrono::milliseconds) {}}};
  ModelStore store_{models_};
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

TEST_F(Store, ListsBuiltInAndLocalModels) {
  const auto models = store_.list();
  std::vector<std::string> names;
  for (const ModelEntry& model : models) {
    names.push_back(model.manifest.name);
    if (model.in_program) {
      EXPECT_EQ(model.state, ModelState::kInstalled) << model.problem;
      continue;
    }
    EXPECT_EQ(model.state, ModelState::kNotInstalled) << model.manifest.name << model.problem;
    EXPECT_EQ(model.built_in, model.manifest.name != "tiny");
    EXPECT_EQ(model.folder, models_ / model.manifest.name);
  }
  EXPECT_THAT(names, ::testing::ElementsAre("builtin", "clip-vit-b32", "clip-vit-b32-int8", "clip-vit-l14",
                                            "content-filter", "detector", "fashion-clip", "sight",
                                            "siglip-base", "tiny"));
}

TEST_F(Store, WorksWithoutAModelsFolder) {
  const ModelStore none(dir_.path() / "nowhere");
  EXPECT_EQ(none.list().size(), 9u);
  const auto missing = none.find("nothing");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("'clip-vit-b32-int8'"));
  EXPECT_FALSE(none.find("/no/such/folder"));
}

TEST_F(Store, ListsBrokenManifestsWithTheirProblem) {
  std::ofstream(folder_ / "manifest.json") << "{\"name\": \"tiny\"";
  ModelEntry broken;
  for (ModelEntry& model : store_.list()) {
    if (model.manifest.name == "tiny") broken = model;
  }
  EXPECT_EQ(broken.state, ModelState::kDamaged);
  EXPECT_THAT(broken.problem, HasSubstr("manifest.json"));
  EXPECT_FALSE(store_.find("tiny"));
  Manifest other = load_manifest(upstream_ / "manifest.json").value();
  other.name = "other";
  write_manifest(other);
  EXPECT_FALSE(store_.find("tiny"));
}

TEST_F(Store, PullsAndVerifies) {
  const auto pulled = pull();
  ASSERT_TRUE(pulled) << pulled.error().describe();
  EXPECT_EQ(pulled->state, ModelState::kInstalled);
  EXPECT_EQ(failures(), "");
  EXPECT_EQ(done_, manifest().known_size_bytes());
  EXPECT_EQ(total_, manifest().known_size_bytes());
  EXPECT_EQ(content_of(folder_ / "image.onnx"), content_of(upstream_ / "image.onnx"));
  EXPECT_THAT(content_of(folder_ / "lock.json"),
              HasSubstr(sha256_hex(as_bytes(content_of(upstream_ / "image.onnx")))));
  for (const auto& file : std::filesystem::directory_iterator(folder_))
    EXPECT_NE(file.path().extension(), ".part");
  EXPECT_EQ(store_.find(folder_.string())->state, ModelState::kInstalled);
}

TEST_F(Store, ASecondPullDownloadsNothing) {
  ASSERT_TRUE(pull());
  const std::size_t before = server_.requests().size();
  ASSERT_TRUE(pull());
  EXPECT_EQ(server_.requests().size(), before);
  EXPECT_EQ(done_, total_);
}

TEST_F(Store, ResumesInterruptedPulls) {
  break_next_ = true;
  const auto broken = pull();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kBadGateway);
  EXPECT_EQ(entry().state, ModelState::kNotInstalled);
  ASSERT_TRUE(pull());
  EXPECT_EQ(server_.requests().at(1).headers.at("range"), "bytes=20-");
  EXPECT_EQ(failures(), "");
}

TEST_F(Store, ChecksTheManifestsChecksums) {
  Manifest pinned = manifest();
  for (ModelFile& file : pinned.files) file.sha256 = sha256_hex(as_bytes(content_of(upstream_ / file.path)));
  write_manifest(pinned);
  tampered_ = "text.onnx";
  const auto wrong = pull();
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kBadGateway);
  EXPECT_THAT(wrong.error().message, HasSubstr("'text.onnx' has SHA-256"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "text.onnx"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "text.onnx.part"));
  EXPECT_EQ(entry().state, ModelState::kDamaged);
  tampered_.clear();
  ASSERT_TRUE(pull());
  EXPECT_EQ(failures(), "");
}

TEST_F(Store, ChecksTheServersChecksums) {
  linked_sums_ = true;
  tampered_ = "vocab.json";
  EXPECT_FALSE(pull());
  tampered_.clear();
  EXPECT_TRUE(pull());
}

TEST_F(Store, DetectsAndRepairsDamage) {
  ASSERT_TRUE(pull());
  std::string text = content_of(folder_ / "merges.txt");
  text.back() = 'x';
  std::ofstream(folder_ / "merges.txt") << text;
  EXPECT_EQ(entry().state, ModelState::kInstalled);  // the size is right
  EXPECT_THAT(failures(), HasSubstr("merges.txt has SHA-256"));
  std::filesystem::resize_file(folder_ / "image.onnx", 5);
  EXPECT_EQ(entry().state, ModelState::kDamaged);
  EXPECT_THAT(entry().problem, HasSubstr("'image.onnx' has 5 bytes instead of"));
  std::filesystem::remove(folder_ / "vocab.json");
  EXPECT_THAT(failures(), HasSubstr("vocab.json is missing"));
  ASSERT_TRUE(pull());
  EXPECT_EQ(failures(), "");
}

TEST_F(Store, RecordsUnknownSizesAndChecksums) {
  Manifest unknown = manifest();
  for (ModelFile& file : unknown.files) file.size_bytes.reset();
  write_manifest(unknown);
  ASSERT_TRUE(pull());
  EXPECT_EQ(total_, 0u);
  std::filesystem::resize_file(folder_ / "image.onnx", 5);
  EXPECT_EQ(entry().state, ModelState::kDamaged);
}

TEST_F(Store, ReportsAMissingUrlAndAMissingFile) {
  Manifest local = manifest();
  local.files[0].url.clear();
  write_manifest(local);
  const auto no_url = pull();
  ASSERT_FALSE(no_url);
  EXPECT_THAT(no_url.error().message, HasSubstr("no URL"));
  local.files[0].url = "https://example.com/files/nothing.onnx";
  write_manifest(local);
  const auto missing = pull();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST_F(Store, AllowsOnePullAtATime) {
  const int lock = ::open((folder_ / ".pull.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(::flock(lock, LOCK_EX), 0);
  const auto second = pull();
  ::close(lock);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  EXPECT_TRUE(pull());
}

TEST_F(Store, ChecksTheFreeSpace) {
  Manifest huge = manifest();
  huge.files[0].size_bytes = 1ULL << 60;
  write_manifest(huge);
  const auto full = pull();
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::kStorageFull);
  EXPECT_TRUE(server_.requests().empty());
}

}  // namespace
}  // namespace fit::embed

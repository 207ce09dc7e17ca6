#include "ingest/assets/uploads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "ingest/assets/upload_file.h"
#include "store/test_support.h"

namespace fit::ingest {
namespace {

class UploadsTest : public ::testing::Test {
 protected:
  Uploads make(std::chrono::seconds lifetime = std::chrono::hours(1)) {
    return {store_->database(),
            {.folder = folder_.path() / "uploads", .max_bytes = 100, .lifetime = lifetime}};
  }
  static Uploads::NewUpload ten_bytes() {
    return {.owner = "key:1",
            .length_bytes = 10,
            .name = "a.jpg",
            .metadata = {.title = "Dress", .tags = {"x"}},
            .sent_metadata = "filename YS5qcGc="};
  }

  TempDir folder_;
  std::unique_ptr<store::Catalogue> store_ =
      store::open_catalogue(store::testing::sqlite_url(folder_)).value();
};

TEST_F(UploadsTest, GrowsToItsEnd) {
  std::string id;
  {
    Uploads uploads = make();
    id = uploads.create(ten_bytes())->id;
    EXPECT_EQ(uploads.append("key:1", id, 0, as_bytes("0123"))->offset_bytes, 4U);
    EXPECT_EQ(uploads.append("key:1", id, 0, as_bytes("0123")).error().code, ErrorCode::kConflict);
    EXPECT_EQ(uploads.append("key:1", id, 4, as_bytes("0123456")).error().code, ErrorCode::kTooLarge);
    EXPECT_EQ(uploads.complete("key:1", id, {}).error().code, ErrorCode::kConflict);
  }
  Uploads uploads = make();  // after a restart
  const Upload stored = uploads.get("key:1", id).value();
  EXPECT_EQ(stored.offset_bytes, 4U);
  EXPECT_EQ(stored.metadata, ten_bytes().metadata);
  EXPECT_EQ(stored.sent_metadata, ten_bytes().sent_metadata);
  EXPECT_TRUE(uploads.append("key:1", id, 4, as_bytes("456789"))->is_complete());
  int calls = 0;
  const auto accept = [&](const Upload& upload, ByteView file) -> Result<AddedAsset> {
    ++calls;
    EXPECT_EQ(as_text(file), "0123456789");
    EXPECT_EQ(upload.name, "a.jpg");
    return AddedAsset{.id = {7}, .job = 8};
  };
  EXPECT_EQ(uploads.complete("key:1", id, accept)->id, AssetId{7});
  EXPECT_EQ(uploads.complete("key:1", id, accept)->job, 8) << "the result is known";
  EXPECT_EQ(calls, 1);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "uploads" / id));
}

TEST_F(UploadsTest, BytesThatWereNotAcknowledgedAreWrittenAgain) {
  Uploads uploads = make();
  const std::string id = uploads.create(ten_bytes())->id;
  ASSERT_TRUE(uploads.append("key:1", id, 0, as_bytes("0123")));
  {  // a writer that was killed before its row was written
    auto file = UploadFile::open(folder_.path() / "uploads" / id);
    ASSERT_TRUE(file->write(4, as_bytes("lost bytes")));
    EXPECT_EQ(uploads.append("key:1", id, 4, as_bytes("45")).error().field, "upload") << "it is locked";
  }
  ASSERT_TRUE(uploads.append("key:1", id, 4, as_bytes("45")));
  EXPECT_EQ(as_text(read_file(folder_.path() / "uploads" / id, 100).value()), "012345");
}

TEST_F(UploadsTest, BelongsToItsOwner) {
  Uploads uploads = make();
  const std::string id = uploads.create(ten_bytes())->id;
  EXPECT_EQ(uploads.get("key:2", id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(uploads.append("key:2", id, 0, as_bytes("0")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(uploads.remove("key:2", id).error().code, ErrorCode::kNotFound);
  for (const char* other : {"", "../fit.db", "00000000000000000000000000000000"}) {
    EXPECT_EQ(uploads.get("key:1", other).error().code, ErrorCode::kNotFound) << other;
  }
  ASSERT_TRUE(uploads.remove("key:1", id));
  EXPECT_EQ(uploads.get("key:1", id).error().code, ErrorCode::kNotFound);
}

TEST_F(UploadsTest, HasLimits) {
  Uploads uploads = make();
  auto upload = ten_bytes();
  upload.length_bytes = 101;
  EXPECT_EQ(uploads.create(upload).error().code, ErrorCode::kTooLarge);
  upload.length_bytes = 0;
  EXPECT_EQ(uploads.create(upload).error().code, ErrorCode::kInvalid);
  for (std::int64_t i = 0; i < Uploads::kMaxOfOwner; ++i) ASSERT_TRUE(uploads.create(ten_bytes()));
  EXPECT_EQ(uploads.create(ten_bytes()).error().code, ErrorCode::kTooManyRequests);
}

TEST_F(UploadsTest, Expires) {
  Uploads uploads = make();
  const std::string id = uploads.create(ten_bytes())->id;
  EXPECT_EQ(uploads.prune().value(), 0);
  EXPECT_EQ(uploads.prune(now() + std::chrono::hours(2)).value(), 1);
  EXPECT_EQ(uploads.get("key:1", id).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "uploads"));
  Uploads brief = make(std::chrono::seconds(0));
  EXPECT_EQ(brief.get("key:1", brief.create(ten_bytes())->id).error().code, ErrorCode::kNotFound);
}

TEST_F(UploadsTest, AFileThatIsRefusedEndsTheUpload) {
  Uploads uploads = make();
  for (const bool is_for_good : {false, true}) {
    const std::string id = uploads.create(ten_bytes())->id;
    ASSERT_TRUE(uploads.append("key:1", id, 0, as_bytes("0123456789")));
    const auto refuse = [&](const Upload&, ByteView) -> Result<AddedAsset> {
      return is_for_good ? malformed("body", "is no image") : Error{ErrorCode::kStorageFull, "full", {}, {}};
    };
    EXPECT_FALSE(uploads.complete("key:1", id, refuse));
    EXPECT_EQ(uploads.get("key:1", id).has_value(), !is_for_good);
  }
}

}  // namespace
}  // namespace fit::ingest

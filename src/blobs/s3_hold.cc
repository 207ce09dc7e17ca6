#include "blobs/s3_hold.h"

#include "base/background_task.h"
#include "base/hash.h"
#include "base/secure_random.h"

namespace fit::blobs {
namespace {

constexpr std::chrono::minutes kRenewal{1};
constexpr std::chrono::minutes kLife{5};
constexpr std::size_t kNumberBytes = 8;

std::string_view beginning_of(HoldFor purpose) {
  return purpose == HoldFor::kRemoving ? "removing-" : "reading-";
}

// An object under the prefix of the holds, renewed until the end of this object, which removes it.
class S3Hold final : public BlobHold {
 public:
  S3Hold(std::shared_ptr<S3Bucket> bucket, std::string key)
      : bucket_(std::move(bucket)), key_(std::move(key)) {
    task_.start([this](const std::stop_token&) {
      while (task_.wait_for(kRenewal)) {
        // A failure is made good by the next renewal, long before the hold counts as dead.
        [[maybe_unused]] const auto renewed = bucket_->put(key_, {});
      }
    });
  }
  ~S3Hold() override {
    task_.stop();
    // What cannot be removed counts as dead in a few minutes.
    [[maybe_unused]] const auto removed = bucket_->remove(key_, bucket_->options().timeout);
  }
  S3Hold(const S3Hold&) = delete;
  S3Hold& operator=(const S3Hold&) = delete;

 private:
  const std::shared_ptr<S3Bucket> bucket_;
  const std::string key_;
  BackgroundTask task_;
};

// Whether another hold of the list excludes `key`. Removes those of processes that died.
Result<bool> has_conflict(S3Bucket& bucket, const std::string& prefix, const std::string& key,
                          HoldFor purpose) {
  FIT_TRY(const S3Page page, bucket.list(prefix));
  Timestamp put_at = now();
  for (const S3Object& object : page.objects) {
    if (object.key == key) put_at = object.modified_at;  // the server's clock
  }
  for (const S3Object& object : page.objects) {
    if (object.key == key) continue;
    if (object.modified_at + kLife < put_at) {
      [[maybe_unused]] const auto removed = bucket.remove(object.key, bucket.options().timeout);
      continue;
    }
    const bool is_removing = object.key.substr(prefix.size()).starts_with(beginning_of(HoldFor::kRemoving));
    if (is_removing || purpose == HoldFor::kRemoving) return true;
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<BlobHold>> take_s3_hold(std::shared_ptr<S3Bucket> bucket, const std::string& prefix,
                                               HoldFor purpose) {
  const std::string number = sha256_hex(secure_random(kNumberBytes)).substr(0, 2 * kNumberBytes);
  const std::string key = prefix + std::string(beginning_of(purpose)) + number;
  FIT_CHECK(bucket->put(key, {}));
  auto hold = std::make_unique<S3Hold>(bucket, key);  // removes the object in every case below
  FIT_TRY(const bool is_held, has_conflict(*bucket, prefix, key, purpose));
  if (is_held) return Error{ErrorCode::kConflict, "the files are in use by another program", {}, {}};
  return hold;
}

}  // namespace fit::blobs

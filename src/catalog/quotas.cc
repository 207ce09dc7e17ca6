#include "catalog/quotas.h"

#include <algorithm>
#include <vector>

#include "base/format.h"

namespace fit::catalog {
namespace {

constexpr std::chrono::seconds kMaxAge{30};     // of a count that others may have made wrong
constexpr std::chrono::seconds kRefusalAge{1};  // of a count by which a write is refused

}  // namespace

void Quotas::set(const Limits& limits) {
  const std::lock_guard lock(mutex_);
  limits_ = limits;
}

Result<void> Quotas::check_items(std::span<const domain::ItemWrite> items) {
  const std::lock_guard lock(mutex_);
  if (limits_.items == 0) return {};
  if (items_.is_older_than(kMaxAge)) FIT_CHECK(count_items());
  if (*items_.value + std::ssize(items) <= limits_.items) return {};
  FIT_TRY(const std::int64_t added, new_items(items));
  if (added == 0) return {};
  if (*items_.value + added > limits_.items && items_.is_older_than(kRefusalAge)) FIT_CHECK(count_items());
  if (*items_.value + added <= limits_.items) return {};
  return Error{
      ErrorCode::kForbidden,
      fit::format("the quota items of this tenant is {}, and it has {}", limits_.items, *items_.value),
      {},
      {}};
}

Result<void> Quotas::check_bytes(std::size_t size_bytes) {
  const auto size = static_cast<std::int64_t>(size_bytes);
  const std::lock_guard lock(mutex_);
  if (limits_.bytes == 0) return {};
  if (bytes_.is_older_than(kMaxAge)) FIT_CHECK(count_bytes());
  if (*bytes_.value + size > limits_.bytes && bytes_.is_older_than(kRefusalAge)) FIT_CHECK(count_bytes());
  if (*bytes_.value + size <= limits_.bytes) return {};
  return Error{ErrorCode::kStorageFull,
               fit::format("the quota bytes of this tenant is {}, and its images have {}", limits_.bytes,
                           *bytes_.value),
               {},
               {}};
}

void Quotas::note_items(std::int64_t added) {
  const std::lock_guard lock(mutex_);
  if (items_.value) *items_.value += added;
}

void Quotas::note_bytes(std::size_t size_bytes) {
  const std::lock_guard lock(mutex_);
  if (bytes_.value) *bytes_.value += static_cast<std::int64_t>(size_bytes);
}

Result<std::int64_t> Quotas::new_items(std::span<const domain::ItemWrite> items) {
  std::vector<domain::ItemKey> keys;
  for (const domain::ItemWrite& item : items) {
    keys.push_back({.source = item.listing.source, .external_id = item.listing.external_id});
  }
  FIT_TRY(const auto known, store_.items().find(keys));
  return std::ranges::count_if(known, [](const auto& item) { return !item; });
}

Result<void> Quotas::count_items() {
  FIT_TRY(const store::Counts counts, store_.items().counts());
  items_.set(counts.items);
  return {};
}

Result<void> Quotas::count_bytes() {
  std::int64_t sum = 0;
  FIT_CHECK(originals_.list([&sum](const blobs::BlobInfo& blob) -> Result<void> {
    sum += blob.size_bytes;
    return {};
  }));
  bytes_.set(sum);
  return {};
}

}  // namespace fit::catalog

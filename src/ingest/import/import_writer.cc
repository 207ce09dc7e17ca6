#include "ingest/import/import_writer.h"

#include <algorithm>

namespace fit::ingest {
namespace {

constexpr std::size_t kItemsPerWrite = 128;
constexpr std::size_t kMaxWaiting = 2 * kItemsPerWrite;
constexpr auto kMaxDelay = std::chrono::milliseconds(200);

}  // namespace

void ImportWriter::push(RowPtr row) {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] { return rows_.size() < kMaxWaiting; });
  rows_.push_back(std::move(row));
  if (rows_.size() == 1 || rows_.size() >= kItemsPerWrite) wake_.notify_one();
}

void ImportWriter::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  wake_.notify_one();
}

void ImportWriter::run() {
  for (std::vector<RowPtr> rows = take(); !rows.empty(); rows = take()) write(std::move(rows));
}

// Waits until a batch of rows is complete or its first row has waited long enough, and takes all waiting
// rows. Empty at the end.
std::vector<RowPtr> ImportWriter::take() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return closed_ || !rows_.empty(); });
  wake_.wait_for(lock, kMaxDelay, [this] { return closed_ || rows_.size() >= kItemsPerWrite; });
  std::vector<RowPtr> taken = std::exchange(rows_, {});
  room_.notify_all();
  return taken;
}

void ImportWriter::write(std::vector<RowPtr> rows) {
  std::ranges::sort(rows, {}, [](const RowPtr& row) { return row->number; });
  std::vector<domain::ItemWrite> items;
  for (const RowPtr& row : rows) {
    domain::ItemWrite item;
    item.listing = std::move(row->input.listing);
    item.origins = row->origins;
    item.content_hash = std::move(row->hash);
    item.images = std::move(row->images);
    items.push_back(std::move(item));
  }
  write_items(rows, items);
}

void ImportWriter::write_items(std::span<const RowPtr> rows, std::span<const domain::ItemWrite> items) {
  if (rows.empty()) return;
  auto outcomes = write_batch_ ? write_batch_(items) : catalog_.write(items);
  if (outcomes) {
    for (std::size_t i = 0; i < rows.size(); ++i) tally_.finish((*outcomes)[i].kind, rows[i]->end_offset);
  } else if (outcomes.error().code != ErrorCode::kInvalid && outcomes.error().code != ErrorCode::kForbidden) {
    end_.fail(std::move(outcomes).error());
    end_.note_dropped();
  } else if (rows.size() == 1) {
    tally_.reject(rejection(*rows[0], outcomes.error()), rows[0]->end_offset, rows[0]->text);
  } else {
    // The rows are stored one by one, so that one rejected row does not fail the others.
    for (std::size_t i = 0; i < rows.size(); ++i) write_items(rows.subspan(i, 1), items.subspan(i, 1));
  }
}

}  // namespace fit::ingest

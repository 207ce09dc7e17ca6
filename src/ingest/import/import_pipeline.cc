#include "ingest/import/import_pipeline.h"

#include <algorithm>
#include <thread>

#include "base/format.h"
#include "base/scope_exit.h"
#include "catalog/content_hash.h"
#include "catalog/edits.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kReadBatch = 64;  // rows looked up in the store at once
constexpr std::size_t kQueuedRows = 64;
constexpr std::size_t kQueuedImages = 32;  // decoded images that wait to be embedded
constexpr std::size_t kEmbedBatch = 16;
constexpr std::int64_t kMaxQueuedPixels = 4'000'000;  // larger images are embedded where they were decoded
constexpr std::uint64_t kMaxSentBytes = 128u << 20;   // images inside the rows between the stages
constexpr auto kTick = std::chrono::milliseconds(100);

std::uint64_t sent_bytes(const catalog::ItemInput& input) {
  std::uint64_t bytes = 0;
  for (const catalog::ImageSource& image : input.images) bytes += image.bytes.size();
  return bytes;
}

std::int64_t pixels(const catalog::EmbedInputs& inputs) {
  std::int64_t count = 0;
  for (const media::Image& image : inputs) count += static_cast<std::int64_t>(image.width) * image.height;
  return count;
}

}  // namespace

ImportPipeline::ImportPipeline(catalog::ItemWriter& catalog, ImportTally& tally, const Options& options,
                               const std::stop_token& stop)
    : catalog_(catalog),
      tally_(tally),
      options_(options),
      end_(stop),
      intake_(catalog, tally),
      budget_(kMaxSentBytes),
      rows_(kQueuedRows),
      images_(kQueuedImages),
      decoders_(options.threads),
      writer_(catalog, tally, end_, options.write) {}

Result<void> ImportPipeline::run(RowSource& source, const std::function<void()>& tick) {
  std::mutex mutex;
  std::condition_variable finished;
  bool done = false;
  std::jthread stages([&] {
    std::jthread writer([this] { writer_.run(); });
    {
      std::vector<std::jthread> embedders;
      embedders.reserve(options_.threads);
      for (std::size_t i = 0; i < options_.threads; ++i) embedders.emplace_back([this] { embed_all(); });
      {
        std::vector<std::jthread> loaders;
        loaders.reserve(options_.loaders);
        for (std::size_t i = 0; i < options_.loaders; ++i) loaders.emplace_back([this] { load_all(); });
        read_all(source);
        rows_.close();
      }
      images_.close();
    }
    writer_.close();
    writer.join();
    const std::lock_guard lock(mutex);
    done = true;
    finished.notify_one();
  });
  for (std::unique_lock lock(mutex); !finished.wait_for(lock, kTick, [&] { return done; });) {
    lock.unlock();
    tick();
    lock.lock();
  }
  stages.join();
  if (auto error = end_.error()) return *std::move(error);
  if (end_.dropped()) return cancelled();
  return {};
}

void ImportPipeline::read_all(RowSource& source) {
  std::vector<RowPtr> batch;
  for (;;) {
    if (end_.is_ending()) {
      end_.note_dropped();
      break;
    }
    auto next = source.next();
    if (!next) {
      end_.fail(std::move(next).error());
      break;
    }
    if (!*next) break;
    RowPtr row = accept(**std::move(next));
    if (!row) continue;
    const std::uint64_t bytes = sent_bytes(row->input);
    if (!budget_.has_room(bytes)) send_on(std::exchange(batch, {}));
    row->lease = budget_.take(bytes);
    batch.push_back(std::move(row));
    if (batch.size() >= kReadBatch) send_on(std::exchange(batch, {}));
  }
  send_on(std::move(batch));
}

// Makes the work of a row; null for a row that is rejected at once.
RowPtr ImportPipeline::accept(ImportRow row) {
  if (!intake_.accept(row)) return nullptr;
  auto work = std::make_shared<RowWork>();
  work->number = ++last_number_;
  work->line = row.line;
  work->end_offset = row.end_offset;
  work->text = std::move(row.text);
  work->input = *std::move(row.item);
  work->title = std::move(row.title);
  work->key = {work->input.listing.source, work->input.listing.external_id};
  work->hash = catalog::content_hash(work->input);
  return work;
}

void ImportPipeline::send_on(std::vector<RowPtr> rows) {
  if (auto recognised = recognise(rows); !recognised) {
    end_.fail(std::move(recognised).error());
    end_.note_dropped();
    return;
  }
  for (RowPtr& row : rows) rows_.push(std::move(row));
}

// Finishes and removes the rows that are stored with the same content. Sets the known images of the other
// rows, which need not be read again, and their edits.
Result<void> ImportPipeline::recognise(std::vector<RowPtr>& rows) {
  std::vector<domain::ItemKey> keys;
  for (const RowPtr& row : rows) keys.push_back(row->key);
  FIT_TRY(const auto found, catalog_.database().items().find(keys));
  std::vector<ItemId> changed;
  std::vector<RowPtr> changed_rows;
  std::vector<ItemId> edited;
  std::vector<RowPtr> edited_rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!found[i]) continue;
    const std::optional<catalog::Edits> edits =
        options_.overwrite ? std::nullopt : catalog::find_edits(found[i]->content_hash);
    if (edits) tally_.count_kept();
    if (rows[i]->hash == (edits ? edits->imported : found[i]->content_hash)) {
      FIT_CHECK(catalog_.restore(rows[i]->input));
      catalog_.count_unchanged();
      tally_.finish(store::UpsertKind::kUnchanged, rows[i]->end_offset);
      rows[i] = nullptr;
      continue;
    }
    changed.push_back(found[i]->id);
    changed_rows.push_back(rows[i]);
    if (!edits) continue;
    edited.push_back(found[i]->id);
    edited_rows.push_back(rows[i]);
  }
  FIT_TRY(auto known, catalog_.known_images(changed));
  for (std::size_t i = 0; i < changed.size(); ++i) changed_rows[i]->known = std::move(known[i]);
  FIT_CHECK(keep_edits(edited_rows, edited));
  std::erase(rows, nullptr);
  return {};
}

// Sets the edited fields of the rows to their stored values.
Result<void> ImportPipeline::keep_edits(std::span<const RowPtr> rows, std::span<const ItemId> items) {
  if (items.empty()) return {};
  FIT_TRY(const auto records, catalog_.database().items().get(items));
  for (const domain::ItemRecord& record : records) {
    const auto place = std::ranges::find(items, record.id);
    RowWork& row = *rows[static_cast<std::size_t>(place - items.begin())];
    row.input.edits = catalog::find_edits(record.content_hash).value_or(catalog::Edits{});
    row.input.edits.imported = row.hash;
    catalog::keep_edited_fields(row.input, record);
    row.hash = catalog::content_hash(row.input);
    if (!row.input.images.empty()) continue;
    row.images = catalog_.keep(record);
    if (record.images.empty()) continue;
    const auto first =
        std::ranges::find(row.known, record.images.front().sha256, &domain::ImageWrite::sha256);
    if (first == row.known.end()) continue;
    row.predictions = catalog_.filler().predict_or_log(first->vectors);
  }
  return {};
}

void ImportPipeline::load_all() {
  while (auto row = rows_.pop()) load(*row);
}

void ImportPipeline::load(const RowPtr& row) {
  if (!row->input.images.empty()) row->images.resize(row->input.images.size());
  row->image_errors.resize(row->input.images.size());
  if (options_.may_load && !options_.may_load(row->line)) {
    row->fail({ErrorCode::kUnavailable, "is loaded another time", {}, {}});
  }
  catalog::FetchLimits limits = catalog_.loader().limits_from_now(end_.stop_token());
  limits.fetcher = options_.fetcher;
  limits.memory = options_.memory;
  for (std::size_t i = 0; i < row->input.images.size() && !row->failed(); ++i) {
    if (end_.is_ending()) {
      end_.note_dropped();
      return;  // the row keeps its last `pending` and never reaches the next stage
    }
    if (auto loaded = load_image(row, i, limits); !loaded) {
      if (end_.is_ending()) {
        end_.note_dropped();
        return;
      }
      if (loaded.error().field.empty()) {
        end_.fail(loaded.error());
        row->fail(std::move(loaded).error());
      } else {
        row->image_errors[i] = std::move(loaded).error();
      }
    }
  }
  row->lease.release();
  release(row);
}

Result<void> ImportPipeline::load_image(const RowPtr& row, std::size_t number,
                                        const catalog::FetchLimits& limits) {
  const std::string field = fit::format("images[{}]", number);
  FIT_TRY(auto loaded, catalog_.load(field, row->input.images[number], row->known, limits));
  auto taken = [&] {
    decoders_.acquire();
    const ScopeExit done([this] { decoders_.release(); });
    return catalog_.take(field, std::move(loaded));
  }();
  if (!taken) return std::move(taken).error();
  row->images[number] = std::move(taken->record);
  if (!taken->inputs) {
    if (number == 0) row->predictions = catalog_.filler().predict_or_log(taken->known_vectors);
    return {};
  }
  ImageWork work{row, number, *std::move(taken->inputs)};
  ++row->pending;
  if (pixels(work.inputs) > kMaxQueuedPixels) {
    std::vector<ImageWork> alone;
    alone.push_back(std::move(work));
    embed(std::move(alone));
  } else {
    images_.push(std::move(work));
  }
  return {};
}

void ImportPipeline::embed_all() {
  while (auto first = images_.pop()) {
    std::vector<ImageWork> batch;
    batch.push_back(*std::move(first));
    while (batch.size() < kEmbedBatch) {
      auto next = images_.try_pop();
      if (!next) break;
      batch.push_back(*std::move(next));
    }
    embed(std::move(batch));
  }
}

void ImportPipeline::embed(std::vector<ImageWork> batch) {
  if (end_.is_ending()) {
    end_.note_dropped();
    return;
  }
  std::vector<catalog::EmbedInputs> images;
  images.reserve(batch.size());
  for (ImageWork& work : batch) images.push_back(std::move(work.inputs));
  auto vectors = catalog_.embed(std::move(images));
  predict(batch, vectors);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    RowWork& row = *batch[i].row;
    if (vectors[i]) {
      row.images[batch[i].number].vectors = *std::move(vectors[i]);
    } else {
      Error error = std::move(vectors[i]).error();
      if (error.code == ErrorCode::kUnavailable) end_.fail(error);  // the model fails, not this image
      error.field = fit::format("images[{}]", batch[i].number);
      row.image_errors[batch[i].number] = std::move(error);
    }
    release(batch[i].row);
  }
}

// Predicts properties from the rows' first images.
void ImportPipeline::predict(std::span<const ImageWork> batch,
                             std::span<const Result<catalog::ImageProcessor::Vectors>> vectors) {
  std::vector<catalog::ImageVectors> images;
  std::vector<RowWork*> rows;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (batch[i].number != 0 || !vectors[i]) continue;
    images.emplace_back(*vectors[i]);
    rows.push_back(batch[i].row.get());
  }
  auto predictions = catalog_.filler().predict_or_log(images);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i]->predictions = std::move(predictions[i]);
}

// Removes the images that could not be loaded from a row. Returns the first error when none is left.
Result<void> ImportPipeline::leave_out_images(const RowPtr& row) {
  const auto failed =
      std::ranges::count_if(row->image_errors, [](const auto& error) { return error.has_value(); });
  if (failed == 0) return {};
  if (static_cast<std::size_t>(failed) == row->image_errors.size()) return *row->image_errors.front();
  std::vector<domain::ImageWrite> images;
  for (std::size_t i = 0; i < row->image_errors.size(); ++i) {
    const std::optional<Error>& error = row->image_errors[i];
    if (error) {
      tally_.warn(row->line, {error->field, error->message + "; left out until the next import",
                              row->input.images[i].location});
    } else {
      images.push_back(std::move(row->images[i]));
    }
  }
  row->images = std::move(images);
  row->hash = catalog::outdated(row->hash, "incomplete");  // so that the next import loads the missing images
  const std::vector<domain::SpaceVector>& vectors = row->images.front().vectors;
  if (row->image_errors.front() && !vectors.empty()) {
    row->predictions = catalog_.filler().predict_or_log(vectors);
  }
  return {};
}

void ImportPipeline::release(const RowPtr& row) {
  if (--row->pending > 0) return;
  const bool has_errors =
      row->error || std::ranges::any_of(row->image_errors, [](const auto& e) { return e.has_value(); });
  if (has_errors && end_.is_ending()) {  // possibly caused by the end of the import
    end_.note_dropped();
    return;
  }
  if (auto left_out = leave_out_images(row); !left_out) row->fail(std::move(left_out).error());
  if (!row->error) {
    domain::Listing& listing = row->input.listing;
    ontology::MergedProperties filled =
        catalog_.filler().merge(listing, listing.properties, row->predictions);
    listing.properties = std::move(filled.values);
    row->origins = filled.origins;
    writer_.push(row);
  } else {
    tally_.reject(rejection(*row, *row->error), row->end_offset, row->text);
  }
}

}  // namespace fit::ingest

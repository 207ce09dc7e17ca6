#include "ingest/import/vector_import.h"

#include <fstream>
#include <unordered_map>

#include "base/format.h"
#include "embed/embedder.h"
#include "ingest/import/row_source.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kVectorBatch = 512;
constexpr std::size_t kMaxImageBytes = 64 << 20;  // limit of images inside rows, which are not used here
constexpr std::int64_t kMaxDimensions = 65'536;
constexpr const char* kVersion = "imported";

Result<std::int64_t> count_rows(const std::filesystem::path& input, const ImportOptions& options,
                                const std::stop_token& stop) {
  FIT_TRY(const auto source, open_rows(input, options, kMaxImageBytes, stop));
  std::int64_t rows = 0;
  while (true) {
    FIT_TRY(const auto row, source->next());
    if (!row || stop.stop_requested()) return rows;
    ++rows;
  }
}

class VectorImport {
 public:
  VectorImport(store::Catalogue& store, const domain::SpaceRecord& space, std::ifstream file,
               VectorImportReport& report)
      : store_(store),
        space_(space.id),
        dimensions_(static_cast<std::size_t>(space.dimensions)),
        file_(std::move(file)),
        report_(report) {}

  Result<void> add(const ImportRow& row) {
    ++row_;
    embed::Vector vector(dimensions_);
    file_.read(reinterpret_cast<char*>(vector.data()),
               static_cast<std::streamsize>(dimensions_ * sizeof(float)));
    if (!file_) return invalid("vectors", fit::format("the file ends before row {}", row_));
    if (!embed::normalize(vector, static_cast<int>(dimensions_), "vectors")) {
      FIT_CHECK(flush());
      return invalid("vectors", fit::format("row {} is zero or not finite", row_));
    }
    if (!row.item) {
      ++report_.missing;
      return {};
    }
    keys_.push_back({row.item->listing.source, row.item->listing.external_id});
    vectors_.push_back(std::move(vector));
    return keys_.size() < kVectorBatch ? Result<void>() : flush();
  }

  Result<void> flush() {
    FIT_TRY(const auto known, store_.items().find(keys_));
    std::vector<ItemId> ids;
    for (const auto& one : known) {
      if (one) ids.push_back(one->id);
    }
    FIT_TRY(const auto items, store_.items().get(ids));
    std::unordered_map<ItemId, ImageId> images;
    for (const domain::ItemRecord& item : items) {
      if (!item.images.empty()) images[item.id] = item.images.front().id;
    }
    std::vector<store::VectorWrite> puts;
    for (std::size_t i = 0; i < known.size(); ++i) {
      const auto image = known[i] ? images.find(known[i]->id) : images.end();
      if (image == images.end()) {
        ++report_.missing;
      } else {
        puts.push_back({image->second, std::move(vectors_[i])});
      }
    }
    FIT_CHECK(store_.vectors().put(space_, puts));
    report_.stored += static_cast<std::int64_t>(puts.size());
    keys_.clear();
    vectors_.clear();
    return {};
  }

 private:
  store::Catalogue& store_;
  std::int64_t space_;
  std::size_t dimensions_;
  std::ifstream file_;
  std::int64_t row_ = 0;
  std::vector<domain::ItemKey> keys_;
  std::vector<embed::Vector> vectors_;
  VectorImportReport& report_;
};

}  // namespace

Result<void> import_vectors(store::Catalogue& store, const std::filesystem::path& input,
                            const ImportOptions& options, const VectorFile& file, const Progress& progress,
                            const std::stop_token& stop, VectorImportReport& report) {
  std::error_code error;
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(file.path, error));
  std::ifstream content(file.path, std::ios::binary);
  if (error || !content) return not_found("there is no file " + file.path.string());
  FIT_TRY(const std::int64_t rows, count_rows(input, options, stop));
  const std::int64_t row_bytes = rows == 0 ? 0 : bytes / rows;
  const auto number = static_cast<std::int64_t>(sizeof(float));
  if (row_bytes == 0 || bytes % rows != 0 || row_bytes % number != 0 || row_bytes / number > kMaxDimensions) {
    return invalid("vectors", fit::format("{} bytes are not {} rows of float32 numbers", bytes, rows));
  }
  FIT_TRY(const domain::SpaceRecord space,
          store.spaces().ensure({file.space, file.space, kVersion, static_cast<int>(row_bytes / number)}));
  VectorImport import(store, space, std::move(content), report);
  FIT_TRY(const auto source, open_rows(input, options, kMaxImageBytes, stop));
  for (std::int64_t done = 1;; ++done) {
    FIT_TRY(const auto row, source->next());
    if (!row || stop.stop_requested()) break;
    FIT_CHECK(import.add(*row));
    progress(done, rows);
  }
  FIT_CHECK(import.flush());
  if (stop.stop_requested()) return cancelled("stopped; run the same again to go on");
  return {};
}

}  // namespace fit::ingest

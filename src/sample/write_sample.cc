#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string>

#include "base/clock.h"
#include "base/files.h"
#include "base/format.h"
#include "base/parallel.h"
#include "sample/sample.h"

namespace fit::sample {
namespace {

constexpr int kQuality = 84;
constexpr std::uint64_t kMaxItems = 10'000'000;

void add_cell(std::string& row, std::string_view text) {
  if (!row.empty()) row += ',';
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    row += text;
    return;
  }
  row += '"';
  for (const char c : text) {
    if (c == '"') row += '"';
    row += c;
  }
  row += '"';
}

std::string header() {
  std::string row;
  for (const char* column : {"source", "external_id", "title", "description", "brand", "price", "currency",
                             "size", "url", "status", "listed_at"}) {
    add_cell(row, column);
  }
  for (const std::string_view property : domain::kProperties) add_cell(row, property);
  add_cell(row, "images");
  return row + '\n';
}

std::string csv_row(const domain::Listing& listing, const std::string& images) {
  std::string row;
  for (const std::string* text :
       {&listing.source, &listing.external_id, &listing.title, &listing.description, &listing.brand}) {
    add_cell(row, *text);
  }
  add_cell(row, listing.price ? fit::format("{:.2f}", *listing.price) : "");
  for (const std::string* text : {&listing.currency, &listing.size, &listing.url, &listing.status})
    add_cell(row, *text);
  add_cell(row, listing.listed_at ? to_rfc3339(*listing.listed_at) : "");
  for (const std::string& property : listing.properties) add_cell(row, property);
  add_cell(row, images);
  return row + '\n';
}

// Writes a file without syncing it, because a sample can be drawn again.
Result<void> write_file(const std::filesystem::path& path, ByteView content) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return from_errno("write " + path.string(), errno);
  const bool written = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  const int error = errno;
  if (std::fclose(file) != 0) return from_errno("write " + path.string(), errno);
  if (!written) return from_errno("write " + path.string(), error);
  return {};
}

class SampleRun {
 public:
  SampleRun(const std::filesystem::path& folder, std::uint64_t seed, std::size_t items)
      : folder_(folder), seed_(seed), rows_(items) {}

  // Thread-safe.
  Result<void> write_item(std::size_t index) {
    const SampleItem item = draw_item(seed_, index);
    // A thousand items in each folder.
    const std::string subfolder = fit::format("images/{:04}", index / 1000);
    FIT_CHECK(make_dirs(folder_ / subfolder));
    std::string images;
    for (std::size_t i = 0; i < item.images.size(); ++i) {
      const std::string name = fit::format("{}/{}-{}.jpg", subfolder, item.listing.external_id, i + 1);
      FIT_TRY(const Bytes jpeg, media::encode_jpeg(item.images[i], item.images[i].height, kQuality));
      FIT_CHECK(write_file(folder_ / name, jpeg));
      if (i > 0) images += '|';
      images += name;
    }
    rows_[index] = csv_row(item.listing, images);
    return {};
  }

  // After the last item.
  Result<void> write_csv() const {
    std::string csv = header();
    for (const std::string& row : rows_) csv += row;
    return write_file_atomically(folder_ / "items.csv", as_bytes(csv));
  }

 private:
  const std::filesystem::path& folder_;
  const std::uint64_t seed_;
  std::vector<std::string> rows_;  // by index; each written by one thread
};

}  // namespace

Result<void> write_sample(const std::filesystem::path& folder, const WriteSampleOptions& options,
                          const Progress& progress, const std::stop_token& stop) {
  if (options.items < 1 || options.items > kMaxItems)
    return invalid("items", "must be between 1 and 10000000");
  FIT_CHECK(make_dirs(folder));
  std::error_code ignored;
  std::filesystem::remove(folder / "items.csv", ignored);
  SampleRun run(folder, options.seed, options.items);
  ProgressCounter done(progress, options.items);
  const auto write = [&](std::size_t index) -> Result<void> {
    FIT_CHECK(run.write_item(index));
    done.add(1);
    return {};
  };
  FIT_CHECK(parallel_for(options.items, {.threads = options.threads, .stop = stop}, write));
  return run.write_csv();
}

}  // namespace fit::sample

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/fd.h"
#include "base/files.h"
#include "base/format.h"
#include "base/gunzip.h"
#include "base/hash.h"
#include "base/input_file.h"
#include "base/temp_dir.h"
#include "ingest/sources/fetched_listings.h"
#include "ingest/sources/sweep.h"

namespace fit::ingest {
namespace {

constexpr int kRowsPerPage = 200;

// A file that is written from its beginning.
class FeedWriter {
 public:
  explicit FeedWriter(std::filesystem::path path) : path_(std::move(path)) {}

  Result<void> begin() {
    fd_ = Fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd_) return from_errno("create " + path_.string(), errno);
    return {};
  }
  Result<void> add(ByteView piece) { return write_all(fd_.get(), piece, "write " + path_.string()); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  Fd fd_;
};

Result<bool> is_gzip_file(const std::filesystem::path& path) {
  FIT_TRY(InputFile file, InputFile::open(path));
  FIT_CHECK(file.grow());
  return is_gzip(as_bytes(file.window()));
}

// Decompresses a file into another. kMalformed when it is damaged or cut, kTooLarge.
Result<void> gunzip_file(const std::filesystem::path& from, FeedWriter& to, std::uint64_t max_bytes) {
  FIT_TRY(InputFile file, InputFile::open(from));
  FIT_CHECK(to.begin());
  Gunzip stream;
  std::string text;
  for (;;) {
    FIT_TRY(const bool more, file.grow());
    const std::string_view window = file.window();
    FIT_CHECK(stream.add("feed", as_bytes(window), max_bytes, text));
    file.consume(window.size());
    FIT_CHECK(to.add(as_bytes(text)));
    text.clear();
    if (!more) break;
  }
  if (!stream.is_complete()) return malformed("feed", "ends in the middle of its gzip");
  return {};
}

// Reads a feed as an import reads a file. The file of a feed that was fetched or unpacked is kept until its
// sweep ends, so that other steps read it too.
class FeedSource final : public SweptSource {
 public:
  FeedSource(const OpenSource& options, Crawler& crawler, std::optional<net::Url> url)
      : SweptSource(options, crawler), maker_(options), url_(std::move(url)) {}

 protected:
  Result<void> step(const SweepStep& step) override {
    Json& cursor = step.sweep.cursor();
    const auto row = json_number(cursor, "row", 0);
    if (step.sweep.is_new() || !rows_ || row != row_) {
      rows_.reset();
      FIT_CHECK(open(step));
      if (!rows_) return {};
      FIT_CHECK(skip_to(json_number(cursor, "row", 0), step.context.stop));
    }
    return read(step);
  }

 private:
  // Makes the feed a file and opens it. Without rows_ afterwards, the step has ended.
  Result<void> open(const SweepStep& step) {
    const std::string digest = json_text(step.sweep.cursor(), "sha256");
    file_ = step.sweep.is_new() ? nullptr : crawler().feed_files().find(digest);
    if (!file_) {
      FIT_TRY(file_, make_file(step));
      if (!file_) return {};
      // Another feed than that which the sweep began with begins the sweep again.
      if (!digest.empty() && digest != file_->sha256) step.sweep.restart();
      step.sweep.cursor()["sha256"] = file_->sha256;
      if (file_->folder) crawler().feed_files().keep(file_->sha256, file_);
    }
    return open_reader(step);
  }

  // Fetches and unpacks the feed. Null when the step has ended.
  Result<std::shared_ptr<const FeedFile>> make_file(const SweepStep& step) {
    auto file = std::make_shared<FeedFile>();
    file->path = settings().address;
    if (url_) {
      file->folder = std::make_unique<TempDir>();
      file->path = file->folder->path() / "feed";
      FIT_TRY(const bool is_fetched, fetch_file(step, *file));
      if (!is_fetched) return nullptr;
    }
    std::error_code error;
    if (!std::filesystem::is_regular_file(file->path, error)) {
      step.fail(settings().address, "is no file");
      return nullptr;
    }
    FIT_TRY(const bool is_packed, is_gzip_file(file->path));
    if (is_packed) {
      if (!file->folder) file->folder = std::make_unique<TempDir>();
      FeedWriter plain(file->folder->path() / "plain");
      if (auto done = gunzip_file(file->path, plain, static_cast<std::uint64_t>(settings().max_bytes));
          !done) {
        if (done.error().code == ErrorCode::kStorageFull) return done.error();
        step.fail(settings().address, done.error().message);
        return nullptr;
      }
      file->path = plain.path();
    }
    FIT_TRY(file->sha256, sha256_file_hex(file->path));
    return file;
  }

  // Fetches the feed into the file. False when the step has ended.
  Result<bool> fetch_file(const SweepStep& step, FeedFile& file) {
    FeedWriter writer(file.path);
    CrawlRequest request{.url = settings().address, .is_large = true};
    request.max_bytes = static_cast<std::uint64_t>(settings().max_bytes);
    request.begin = [&] { return writer.begin(); };
    request.sink = [&](ByteView piece) { return writer.add(piece); };
    if (step.sweep.is_new()) {
      request.etag = json_text(step.sweep.kept(), "etag");
      request.last_modified = json_text(step.sweep.kept(), "last_modified");
    }
    FIT_TRY(const CrawlResponse response, step.session.get(request));
    if (!response.failure && response.status == 304) {
      step.page.is_unchanged = true;
      step.finish();
      return false;
    }
    if (!response.is_ok()) {
      step.end_with(response);
      return false;
    }
    if (response.has_moved) step.page.address = response.url;
    file.url = net::parse_url(response.url);
    file.etag = response.etag;
    file.last_modified = response.last_modified;
    return true;
  }

  Result<void> open_reader(const SweepStep& step) {
    const std::filesystem::path& path = file_->path;
    const std::filesystem::path named = settings().address;
    // A name without an extension, as fetched feeds have it, is read by its content.
    auto format = import_format(path);
    if (!format && path == named) format = ImportFormat::kTable;
    if (!format) return give_up(step, format.error().message);
    SourceContext context{.folder = url_ ? ListingMaker::feed_folder() : named.parent_path(),
                          .source = options().name,
                          .shape = settings().shape,
                          .mapping = settings().mapping,
                          .ignore_unknown_columns = true,
                          .max_image_bytes = options().max_image_bytes,
                          .stop = step.context.stop};
    if (*format == ImportFormat::kFolder) return give_up(step, "cannot be read as a feed: it is a folder");
    auto rows = open_format(*format, path, context);
    if (!rows) {
      if (rows.error().code == ErrorCode::kInternal || rows.error().code == ErrorCode::kStorageFull)
        return rows.error();
      return give_up(
          step, fit::format("cannot be read as a feed: {} {}", rows.error().field, rows.error().message));
    }
    rows_ = *std::move(rows);
    row_ = 0;
    return {};
  }

  Result<void> skip_to(std::int64_t row, const std::stop_token& stop) {
    while (row_ < row) {
      if (stop.stop_requested()) return cancelled();
      FIT_TRY(const auto skipped, rows_->next());
      if (!skipped) break;
      ++row_;
    }
    return {};
  }

  Result<void> read(const SweepStep& step) {
    for (int count = 0; count < kRowsPerPage; ++count) {
      if (step.context.stop.stop_requested()) return cancelled();
      auto row = rows_->next();
      if (!row) {
        if (row.error().code == ErrorCode::kInternal) return row.error();
        return give_up(step, row.error().message);
      }
      if (!*row) return finish(step);
      ++row_;
      const std::size_t failures = step.page.failures.size();
      maker_.add_row(**std::move(row), rows_->read_as(), file_->url, step.page);
      if (step.page.failures.size() > failures) step.sweep.note_gap();
    }
    step.sweep.cursor()["row"] = row_;
    step.sweep.count_page();
    return {};
  }

  Result<void> finish(const SweepStep& step) {
    step.sweep.count_page();
    // An error page instead of the feed is not a shop that has sold everything.
    if (row_ == 0) return give_up(step, "has no listing");
    if (rows_->is_damaged()) step.sweep.note_gap();
    step.page.remarks = rows_->remarks();
    step.page.remarks.insert(step.page.remarks.begin(), "read as " + rows_->read_as());
    step.finish();
    step.sweep.kept() = Json::object();
    if (step.page.is_complete && !file_->etag.empty()) step.sweep.kept()["etag"] = file_->etag;
    if (step.page.is_complete && !file_->last_modified.empty())
      step.sweep.kept()["last_modified"] = file_->last_modified;
    forget_file();
    return {};
  }

  // Ends the step for a feed that cannot be read.
  Result<void> give_up(const SweepStep& step, std::string message) {
    step.fail(settings().address, std::move(message));
    forget_file();
    return {};
  }

  void forget_file() {
    rows_.reset();
    crawler().feed_files().drop(file_->sha256);
    file_.reset();
  }

  const ListingMaker maker_;
  const std::optional<net::Url> url_;  // of the settings; nullopt: the address is a path
  std::shared_ptr<const FeedFile> file_;
  std::unique_ptr<RowSource> rows_;
  std::int64_t row_ = 0;  // rows that were read
};

}  // namespace

Result<std::unique_ptr<Source>> open_feed(const OpenSource& options, Crawler& crawler) {
  return std::make_unique<FeedSource>(options, crawler, net::parse_url(options.settings.address));
}

}  // namespace fit::ingest

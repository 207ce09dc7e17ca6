#include "base/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace fit {
namespace {

constexpr std::size_t kZipPieceBytes = 256u << 10;
constexpr std::size_t kMaxShownName = 200;  // bytes of a name in an error

// libarchive reads names in the character set of the thread's locale.
class Utf8Names {
 public:
  Utf8Names() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (locale_ != nullptr) before_ = ::uselocale(locale_);
  }
  ~Utf8Names() {
    if (locale_ == nullptr) return;
    ::uselocale(before_);
    ::freelocale(locale_);
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  locale_t locale_ = nullptr;
  locale_t before_ = nullptr;
};

struct ReadFree {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using ZipHandle = std::unique_ptr<archive, ReadFree>;

struct EntryFree {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

std::string problem_of(archive* reader) {
  const char* const text = archive_error_string(reader);
  return text == nullptr ? "" : text;
}

Error broken_zip(std::string_view field, archive* reader) {
  return Error{ErrorCode::kInvalid, "is no ZIP archive that can be read, or is damaged", std::string(field),
               problem_of(reader)};
}

Error too_much(std::string_view field, std::string message) {
  return Error{ErrorCode::kTooLarge, std::move(message), std::string(field), {}};
}

// An upper bound of the number of entries, found without memory for them: each one has a header in the
// directory, which begins so (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12).
std::size_t count_headers(ByteView file) {
  constexpr std::string_view kHeader = "PK\x01\x02";
  const std::string_view text = as_text(file);
  std::size_t count = 0;
  for (std::size_t at = text.find(kHeader); at != std::string_view::npos;
       at = text.find(kHeader, at + kHeader.size())) {
    ++count;
  }
  return count;
}

bool is_safe_name(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.contains('\\') || name.contains('\0')) return false;
  if (name.size() > 1 && name[1] == ':') return false;  // a drive
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('/'), name.size());
    const std::string_view part = name.substr(0, end);
    if (part.empty() || part == "." || part == "..") return false;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return true;
}

// The name of a file. Where the archive does not say in which character set it is, and it is no UTF-8, bytes
// that are not ASCII become "_".
std::string name_of_entry(archive_entry* entry) {
  const char* const utf8 = archive_entry_pathname_utf8(entry);
  if (utf8 != nullptr && is_utf8(utf8)) return utf8;
  const char* const raw = archive_entry_pathname(entry);
  std::string name = raw == nullptr ? "" : raw;
  std::ranges::replace_if(name, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '_');
  return name;
}

// Reads the files of one archive.
class ZipReading {
 public:
  ZipReading(std::string_view field, ByteView file, const ZipLimits& limits)
      : field_(field), file_(file), limits_(limits) {}

  Result<void> each(const ZipVisitor& visit) {
    if (has_no_entries()) return {};
    FIT_CHECK(open());
    for (;;) {
      archive_entry* entry = nullptr;
      const int status = archive_read_next_header(reader_.get(), &entry);
      if (status == ARCHIVE_EOF) return {};
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return broken_zip(field_, reader_.get());
      if (++entries_ > limits_.max_entries) return too_many();
      std::string name = name_of_entry(entry);
      const bool is_folder = archive_entry_filetype(entry) == AE_IFDIR;
      if (is_folder && name.ends_with('/')) name.pop_back();
      FIT_CHECK(check(name, entry, is_folder));
      if (is_folder) continue;
      FIT_CHECK(read(name));
      FIT_CHECK(visit(name, content_));
    }
  }

 private:
  // The end of the directory comes first where there is nothing else. libarchive does not recognise that.
  bool has_no_entries() const { return as_text(file_).starts_with("PK\x05\x06"); }

  Result<void> open() {
    if (count_headers(file_) > limits_.max_entries) return too_many();
    reader_.reset(archive_read_new());
    if (!reader_) return internal("out of memory", "archive_read_new");
    archive_read_support_format_zip_seekable(reader_.get());
    if (archive_read_open_memory(reader_.get(), file_.data(), file_.size()) != ARCHIVE_OK) {
      return broken_zip(field_, reader_.get());
    }
    return {};
  }

  Error too_many() const {
    return too_much(field_, fit::format("has more than {} entries", limits_.max_entries));
  }

  Result<void> check(const std::string& name, archive_entry* entry, bool is_folder) {
    const std::string shown(name.empty() ? field_ : utf8_prefix(name, kMaxShownName));
    if (!is_safe_name(name)) return invalid(shown, "is no name of a file inside an archive");
    if (!names_.insert(name).second) return invalid(shown, "comes twice");
    if (archive_entry_is_encrypted(entry) != 0) return invalid(shown, "is encrypted");
    if (!is_folder && archive_entry_filetype(entry) != AE_IFREG) {
      return invalid(shown, "is a link or a device, not a file");
    }
    if (archive_entry_size_is_set(entry) != 0 &&
        std::cmp_greater(archive_entry_size(entry), limits_.max_entry_bytes)) {
      return too_large(shown);
    }
    return {};
  }

  Error too_large(std::string_view name) const {
    return too_much(name, fit::format("is larger than {} bytes", limits_.max_entry_bytes));
  }

  // Reads the current file. What its header says of its size is not believed.
  Result<void> read(const std::string& name) {
    const std::string shown(utf8_prefix(name, kMaxShownName));
    content_.clear();
    for (;;) {
      const std::size_t before = content_.size();
      content_.resize(before + kZipPieceBytes);
      const la_ssize_t count = archive_read_data(reader_.get(), content_.data() + before, kZipPieceBytes);
      if (count < 0) return Error{ErrorCode::kInvalid, "is damaged", shown, problem_of(reader_.get())};
      content_.resize(before + static_cast<std::size_t>(count));
      total_ += static_cast<std::uint64_t>(count);
      if (content_.size() > limits_.max_entry_bytes) return too_large(shown);
      if (total_ > limits_.max_bytes) {
        return too_much(field_, fit::format("holds more than {} bytes", limits_.max_bytes));
      }
      if (total_ > limits_.small_bytes && total_ / limits_.max_ratio > file_.size()) {
        return too_much(shown, fit::format("is packed more than {} times", limits_.max_ratio));
      }
      if (count == 0) return {};
    }
  }

  const std::string_view field_;
  const ByteView file_;
  const ZipLimits& limits_;
  const Utf8Names locale_;
  ZipHandle reader_;
  std::size_t entries_ = 0;
  std::uint64_t total_ = 0;
  std::set<std::string> names_;
  Bytes content_;
};

}  // namespace

bool is_zip(ByteView bytes) {
  const std::string_view text = as_text(bytes);
  return text.starts_with("PK\x03\x04") || text.starts_with("PK\x05\x06");  // with files, without any
}

Result<void> read_zip(std::string_view field, ByteView file, const ZipLimits& limits,
                      const ZipVisitor& visit) {
  if (!is_zip(file)) return invalid(std::string(field), "is no ZIP archive");
  return ZipReading(field, file, limits).each(visit);
}

struct ZipWriter::Archive {
  archive* writer = archive_write_new();

  Archive() = default;
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;
  ~Archive() { archive_write_free(writer); }

  Error failure() const {
    const int number = archive_errno(writer);
    if (number == ENOSPC || number == EDQUOT) return from_errno("write the archive", number);
    return internal("the archive could not be written", problem_of(writer));
  }
};

ZipWriter::ZipWriter(std::unique_ptr<Archive> made) : archive_(std::move(made)) {}
ZipWriter::ZipWriter(ZipWriter&& other) noexcept = default;
ZipWriter::~ZipWriter() = default;

Result<ZipWriter> ZipWriter::create(const std::filesystem::path& path) {
  auto made = std::make_unique<Archive>();
  if (made->writer == nullptr) return internal("out of memory", "archive_write_new");
  archive_write_set_format_zip(made->writer);
  if (archive_write_open_filename(made->writer, path.c_str()) != ARCHIVE_OK) return made->failure();
  return ZipWriter(std::move(made));
}

Result<void> ZipWriter::add(const std::string& name, ByteView content, Packing packing) {
  archive* const writer = archive_->writer;
  const int chosen = packing == Packing::kStored ? archive_write_zip_set_compression_store(writer)
                                                 : archive_write_zip_set_compression_deflate(writer);
  const std::unique_ptr<archive_entry, EntryFree> entry(archive_entry_new());
  if (chosen != ARCHIVE_OK || !entry) return archive_->failure();
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_mtime(entry.get(), ::time(nullptr), 0);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
  if (archive_write_header(writer, entry.get()) != ARCHIVE_OK) return archive_->failure();
  while (!content.empty()) {
    const la_ssize_t written = archive_write_data(writer, content.data(), content.size());
    if (written <= 0) return archive_->failure();
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> ZipWriter::finish() {
  if (archive_write_close(archive_->writer) != ARCHIVE_OK) return archive_->failure();
  return {};
}

}  // namespace fit

// The snapshot of a ColumnStore, in the byte order of this machine (little-endian):
//   magic "FITCOLMN", format version (u32)
//   the catalogue's id (text), position, items, blocks of 64 rows (u64), latest listing time (i64)
//   present: a word a block
//   for each text column: its name, the number of texts, the texts, the bytes of a code (u8), the codes
//   price, then listed_at: whether 8 bytes wide (u8), the rows
//   XXH3-64 of all before it (u64)
// A text or an array is its length (u64) followed by its content.
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <mutex>

#include "base/byte_stream.h"
#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "index/columns/column_store.h"
#include "index/new_file.h"

namespace fit::index {
namespace {

static_assert(std::endian::native == std::endian::little, "snapshots are little-endian");

constexpr std::string_view kMagic = "FITCOLMN";
constexpr std::uint32_t kFormatVersion = 2;
constexpr std::string_view kCurrency = "currency";
constexpr std::size_t kLengthBytes = sizeof(std::uint64_t);

Error damaged(std::string_view what) {
  return malformed("snapshot", fit::format("of the columns is damaged: {}", what));
}

// Writes values one after the other, and computes the checksum of what it writes.
class Output {
 public:
  explicit Output(NewFile& file) : file_(file) {}

  ByteWriter& small() { return small_; }

  Result<void> put_array(ByteView content) {
    small_.put(std::uint64_t{content.size()});
    FIT_CHECK(flush());
    return write(content);
  }

  Result<void> finish() {
    FIT_CHECK(flush());
    small_.put(sum_.digest());
    const Bytes last = small_.take();
    return file_.write(last, offset_);
  }

 private:
  Result<void> flush() {
    const Bytes content = std::exchange(small_, {}).take();
    return write(content);
  }

  Result<void> write(ByteView content) {
    sum_.update(content);
    FIT_CHECK(file_.write(content, offset_));
    offset_ += content.size();
    return {};
  }

  NewFile& file_;
  ByteWriter small_;
  Xxh3 sum_;
  std::uint64_t offset_ = 0;
};

// Compares the checksum at the end, and returns the content before it.
Result<ByteView> checked(ByteView file) {
  if (file.size() < sizeof(std::uint64_t)) return damaged("the file ends too early");
  const ByteView content = file.first(file.size() - sizeof(std::uint64_t));
  std::uint64_t sum = 0;
  std::memcpy(&sum, file.data() + content.size(), sizeof sum);
  if (sum != xxh3(content)) return damaged("the checksum differs");
  return content;
}

}  // namespace

Result<void> ColumnStore::save(const std::filesystem::path& file, const std::string& catalogue,
                               std::int64_t position) const {
  FIT_TRY(NewFile target, NewFile::create(file));
  Output out(target);
  const std::shared_lock lock(mutex_);
  out.small().put_text(kMagic);
  out.small().put(kFormatVersion);
  out.small().put_text(catalogue);
  out.small().put(position);
  out.small().put(std::uint64_t{count_});
  FIT_CHECK(out.put_array(std::as_bytes(std::span(present_))));
  const auto put_texts = [&out](std::string_view name, const TextColumn& column) {
    out.small().put_text(name);
    out.small().put(std::uint64_t{column.texts().size()});
    for (const std::string& text : column.texts()) out.small().put_text(text);
    out.small().put(static_cast<std::uint8_t>(column.code_bytes()));
    return column.visit_codes(
        [&out](const auto& codes) { return out.put_array(std::as_bytes(std::span(codes))); });
  };
  for (std::size_t i = 0; i < columns_.size(); ++i)
    FIT_CHECK(put_texts(domain::kTextColumns[i], columns_[i]));
  FIT_CHECK(put_texts(kCurrency, currencies_));
  out.small().put(static_cast<std::uint8_t>(prices_.is_wide()));
  FIT_CHECK(out.put_array(prices_.bytes()));
  out.small().put(static_cast<std::uint8_t>(listed_at_.is_wide()));
  FIT_CHECK(out.put_array(listed_at_.bytes()));
  FIT_CHECK(out.finish());
  return target.commit();
}

Result<std::int64_t> ColumnStore::load(const std::filesystem::path& file, const std::string& catalogue) {
  auto bytes = read_file(file, std::numeric_limits<std::uint64_t>::max());
  if (!bytes) {
    if (bytes.error().code == ErrorCode::kNotFound) return not_found("there is no snapshot of the columns");
    if (bytes.error().code == ErrorCode::kInvalid) return damaged("it is not a regular file");
    return bytes.error();
  }
  FIT_TRY(const ByteView content, checked(*bytes));
  ColumnStore loaded;
  FIT_TRY(const std::int64_t position, loaded.restore(content, catalogue));
  take(std::move(loaded));
  return position;
}

Result<std::int64_t> ColumnStore::restore(ByteView snapshot, const std::string& catalogue) {
  ByteReader in(snapshot);
  if (in.get_text() != kMagic) return damaged("it is not a snapshot of columns");
  if (const auto version = in.get<std::uint32_t>(); version != kFormatVersion) {
    return malformed("snapshot", fit::format("of the columns has format version {}, this program reads {}",
                                             version, kFormatVersion));
  }
  if (in.get_text() != catalogue) return malformed("snapshot", "of the columns is of another catalogue");
  const auto position = in.get<std::int64_t>();
  count_ = in.get<std::uint64_t>();
  const ByteView present = in.get_bytes();
  present_.resize(present.size() / sizeof(std::uint64_t));
  if (!present.empty()) std::memcpy(present_.data(), present.data(), present_.size() * sizeof(std::uint64_t));
  std::size_t items = 0;
  for (const std::uint64_t word : present_) items += static_cast<std::size_t>(std::popcount(word));
  if (!in.ok() || items != count_) return damaged("its parts do not fit together");
  const auto restore_texts = [&](std::string_view name, TextColumn& column) -> Result<void> {
    if (in.get_text() != name) return malformed("snapshot", "has other columns");
    std::vector<std::string> texts(in.get_count(kLengthBytes));
    for (std::string& text : texts) text = in.get_text();
    const std::size_t code_bytes = in.get<std::uint8_t>();
    const ByteView codes = in.get_bytes();
    if (!in.ok() || codes.size() != rows() * code_bytes ||
        !column.restore(std::move(texts), code_bytes, codes)) {
      return damaged("its codes do not fit their dictionary");
    }
    return {};
  };
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    FIT_CHECK(restore_texts(domain::kTextColumns[i], columns_[i]));
  }
  FIT_CHECK(restore_texts(kCurrency, currencies_));
  const auto restore_numbers = [&](auto& column) {
    const bool is_wide = in.get_bool();
    const ByteView numbers = in.get_bytes();
    if (numbers.size() != rows() * (is_wide ? 8 : 4)) return false;
    column.restore(is_wide, numbers);
    return true;
  };
  if (!restore_numbers(prices_) || !restore_numbers(listed_at_) || !in.is_done())
    return damaged("its parts do not fit together");
  update_active_code();
  return position;
}

}  // namespace fit::index

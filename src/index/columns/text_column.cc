#include "index/columns/text_column.h"

#include <cstring>
#include <limits>
#include <utility>

#include "base/text.h"
#include "index/kernels/column_bits.h"

namespace fit::index {
namespace {

template <class Codes>
using CodeOf = typename std::decay_t<Codes>::value_type;

}  // namespace

std::size_t TextColumn::rows() const {
  return std::visit([](const auto& codes) { return codes.size(); }, codes_);
}

void TextColumn::resize(std::size_t rows) {
  std::visit(
      [rows](auto& codes) {
        codes.reserve(rows);  // resize() alone would double the capacity
        codes.resize(rows, 0);
      },
      codes_);
}

std::uint32_t TextColumn::code_of(const std::string& text) {
  if (text.empty()) return 0;
  const auto [at, is_new] =
      dictionary_.try_emplace(to_lower(text), static_cast<std::uint32_t>(texts_.size() + 1));
  if (is_new) {
    texts_.push_back(text);
    counts_.push_back(0);
    widen_to(texts_.size());
  }
  return at->second;
}

void TextColumn::widen_to(std::size_t last_code) {
  const auto copy_to = [this]<class Code>(Code) {
    codes_ =
        std::visit([](const auto& codes) { return Codes(std::vector<Code>(codes.begin(), codes.end())); },
                   std::as_const(codes_));
  };
  if (code_bytes() == 1 && last_code > std::numeric_limits<std::uint8_t>::max()) copy_to(std::uint16_t{});
  if (code_bytes() == 2 && last_code > std::numeric_limits<std::uint16_t>::max()) copy_to(std::uint32_t{});
}

void TextColumn::set_code(std::size_t row, std::uint32_t code) {
  std::visit(
      [&](auto& codes) {
        auto& held = codes[row];
        if (held != 0) --counts_[held - 1];
        if (code != 0) ++counts_[code - 1];
        held = static_cast<CodeOf<decltype(codes)>>(code);
      },
      codes_);
}

void TextColumn::set(std::size_t row, const std::string& text) {
  set_code(row, code_of(text));
}

std::uint32_t TextColumn::find(const std::string& lower_text) const {
  const auto found = dictionary_.find(lower_text);
  return found == dictionary_.end() ? 0 : found->second;
}

void TextColumn::set_where_equal(std::uint32_t code, std::span<std::uint64_t> bits) const {
  std::visit(
      [&](const auto& codes) {
        using Code = CodeOf<decltype(codes)>;
        index::set_where_equal(std::span<const Code>(codes), static_cast<Code>(code), bits);
      },
      codes_);
}

std::size_t TextColumn::code_bytes() const {
  return std::visit([](const auto& codes) { return sizeof(CodeOf<decltype(codes)>); }, codes_);
}

std::size_t TextColumn::memory_bytes() const {
  constexpr std::size_t kNode = 2 * sizeof(void*) + sizeof(std::pair<std::string, std::uint32_t>);
  std::size_t bytes = std::visit(
      [](const auto& codes) { return codes.capacity() * sizeof(CodeOf<decltype(codes)>); }, codes_);
  bytes += texts_.capacity() * sizeof(std::string) + counts_.capacity() * sizeof(std::uint32_t) +
           dictionary_.bucket_count() * sizeof(void*) + dictionary_.size() * kNode;
  for (const std::string& text : texts_) {
    if (text.capacity() >= sizeof(std::string) / 2) bytes += 2 * (text.capacity() + 1);  // on the heap
  }
  return bytes;
}

bool TextColumn::restore(std::vector<std::string> texts, std::size_t code_bytes,
                         std::span<const std::byte> codes) {
  texts_ = std::move(texts);
  counts_.assign(texts_.size(), 0);
  dictionary_.clear();
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    if (texts_[i].empty() ||
        !dictionary_.try_emplace(to_lower(texts_[i]), static_cast<std::uint32_t>(i + 1)).second)
      return false;
  }
  if (code_bytes == 1) codes_.emplace<0>(codes.size());
  if (code_bytes == 2) codes_.emplace<1>(codes.size() / 2);
  if (code_bytes == 4) codes_.emplace<2>(codes.size() / 4);
  return std::visit(
      [&](auto& held) {
        if (held.size() * code_bytes != codes.size() || this->code_bytes() != code_bytes) return false;
        if (!codes.empty()) std::memcpy(held.data(), codes.data(), codes.size());
        for (const auto code : held) {
          if (code > texts_.size()) return false;
          if (code != 0) ++counts_[code - 1];
        }
        return true;
      },
      codes_);
}

}  // namespace fit::index

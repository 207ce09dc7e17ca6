#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace fit::index {

// A column of texts: a dictionary, and one code a row. Texts that differ in letter case alone share a code.
// Codes take 1, 2 or 4 bytes, whichever the dictionary needs, and are widened when it grows. Code 0: no
// value. Concurrent reads are safe; a change needs the column for itself.
class TextColumn {
 public:
  std::size_t rows() const;
  void resize(std::size_t rows);  // new rows have no value

  // Sets the row's text; an empty text means no value.
  void set(std::size_t row, const std::string& text);
  void clear(std::size_t row) { set_code(row, 0); }

  std::uint32_t code(std::size_t row) const {
    return std::visit([row](const auto& codes) -> std::uint32_t { return codes[row]; }, codes_);
  }
  // The code of a lower-case text; 0: no row ever had it.
  std::uint32_t find(const std::string& lower_text) const;

  // By code - 1: the texts, each in the spelling that came first, and the number of rows that have them.
  const std::vector<std::string>& texts() const { return texts_; }
  const std::vector<std::uint32_t>& counts() const { return counts_; }
  std::size_t count(std::uint32_t code) const { return code == 0 ? 0 : counts_[code - 1]; }

  // Sets the bits of the rows that have the code: bit i of word w is row 64 w + i.
  void set_where_equal(std::uint32_t code, std::span<std::uint64_t> bits) const;

  // Calls visit(codes) with the codes of all rows, a vector of std::uint8_t, std::uint16_t or std::uint32_t.
  template <class Visit>
  decltype(auto) visit_codes(const Visit& visit) const {
    return std::visit(visit, codes_);
  }

  std::size_t code_bytes() const;  // 1, 2 or 4
  std::size_t memory_bytes() const;

  // Replaces the content: `texts` is the dictionary in the order of its codes, `codes` the rows' codes of
  // `code_bytes` each. False, with the column undefined, when a code has no text or a text comes twice.
  bool restore(std::vector<std::string> texts, std::size_t code_bytes, std::span<const std::byte> codes);

 private:
  using Codes =
      std::variant<std::vector<std::uint8_t>, std::vector<std::uint16_t>, std::vector<std::uint32_t>>;

  std::uint32_t code_of(const std::string& text);
  void set_code(std::size_t row, std::uint32_t code);
  void widen_to(std::size_t last_code);

  std::unordered_map<std::string, std::uint32_t> dictionary_;  // lower-case text -> code
  std::vector<std::string> texts_;
  std::vector<std::uint32_t> counts_;
  Codes codes_;
};

}  // namespace fit::index

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/text_input.h"

namespace fit::ingest {

// A record of an XML document: the texts of its elements and the values of its attributes, with their names
// in the form of normal_name(), without prefixes.
struct XmlRecord {
  std::int64_t line = 0;  // the line where it begins
  std::uint64_t end_offset = 0;
  std::vector<std::pair<std::string, std::string>> fields;  // in order; a name may occur several times
};

// Reads the records of an XML document one after the other: the elements "item", "entry", "product", "offer",
// "listing" and "article". Elements nested in a field are left out, except in lists of images. Declared
// entities are not expanded, and no file or URL is opened. Not thread-safe.
class XmlRecords {
 public:
  // `input` must be UTF-8.
  static Result<XmlRecords> open(std::unique_ptr<TextInput> input);
  XmlRecords(XmlRecords&& other) noexcept;
  ~XmlRecords();

  // The next record; nullopt at the end. An error of the document is passed over (damage()). kMalformed, with
  // the line in the message, for a text without an element; the errors of reading the input.
  Result<std::optional<XmlRecord>> next();

  std::uint64_t size_bytes() const;
  // The first error in the document that was recovered from; empty when there is none.
  std::string damage() const;

 private:
  struct Reader;
  explicit XmlRecords(std::unique_ptr<Reader> reader);

  std::unique_ptr<Reader> reader_;
};

}  // namespace fit::ingest

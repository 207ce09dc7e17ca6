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

// A record of an XML document: the texts of its elements and the values of its attributes, by their names
// without prefixes.
struct XmlRecord {
  std::int64_t line = 0;  // where it begins
  std::uint64_t end_offset = 0;
  std::vector<std::pair<std::string, std::string>> fields;  // in order; a name may occur several times
};

// Reads the records of an XML document one after the other: its elements "item", "entry", "product",
// "offer", "listing" and "article". Elements inside others are left out, except inside lists of images. No
// entity is expanded, no file and no address is opened. Not thread-safe.
class XmlRecords {
 public:
  // `input` is UTF-8.
  static Result<XmlRecords> open(std::unique_ptr<TextInput> input);
  XmlRecords(XmlRecords&& other) noexcept;
  ~XmlRecords();

  // The next record; nothing at the end. kMalformed naming the line when the document cannot be read on.
  Result<std::optional<XmlRecord>> next();

  std::uint64_t size_bytes() const;
  // The first place where the document is not well-formed but was read on; empty when there is none.
  std::string damage() const;

 private:
  struct Reader;
  explicit XmlRecords(std::unique_ptr<Reader> reader);
  Result<void> read_record(XmlRecord& record);

  std::unique_ptr<Reader> reader_;
};

}  // namespace fit::ingest

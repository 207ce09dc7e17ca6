#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ontology/ontology.h"

namespace fit::ontology {

// What a seller wrote. Any bytes, of any length.
struct ItemText {
  std::string_view title;
  std::string_view description;
  std::span<const std::string> tags;
  std::string_view brand;  // its words mean nothing in the other texts: "Orange Tab", "Silver Jeans"
};

struct Finding {
  std::string value;     // the ontology's
  float confidence = 0;  // 0 to 1

  friend bool operator==(const Finding&, const Finding&) = default;
};

// What a text says of an item.
struct Extraction {
  std::array<std::optional<Finding>, domain::kProperties.size()> found;  // by property
  std::vector<std::pair<std::size_t, std::string>> excluded;  // property, value: what it is said not to be

  bool excludes(std::size_t property, std::string_view value) const;
};

// Reads properties from texts. Titles count more than tags, tags more than descriptions. In a title the last
// of several garments in a row is the one for sale ("denim shirt dress"); the first colour is the primary
// one. Thread-safe; keeps the ontology. Takes some ten microseconds a listing; time grows with the length of
// the texts alone and only the first quarter megabyte of each is read.
class Extractor {
 public:
  explicit Extractor(Ontology ontology) : ontology_(std::move(ontology)) {}

  const Ontology& ontology() const { return ontology_; }
  Extraction extract(const ItemText& text) const;

 private:
  Ontology ontology_;
};

}  // namespace fit::ontology

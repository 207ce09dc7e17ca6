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

// The texts of a listing. They may hold any bytes and have any length.
struct ItemText {
  std::string_view title;
  std::string_view description;
  std::span<const std::string> tags;
  std::string_view brand;  // its words are ignored in the other texts: "Orange Tab", "Silver Jeans"
};

// A value that the texts assert.
struct Finding {
  std::string value;     // a value of the ontology
  float confidence = 0;  // 0 to 1

  friend bool operator==(const Finding&, const Finding&) = default;
};

// The properties that the texts of a listing assert and deny.
struct Extraction {
  std::array<std::optional<Finding>, domain::kProperties.size()> found;  // by property
  std::vector<std::pair<std::size_t, std::string>> excluded;  // property and value that the texts deny

  bool excludes(std::size_t property, std::string_view value) const;
};

// Extracts properties from texts. Titles have more weight than tags, and tags more than descriptions. The
// last of several garments in a row is the one for sale ("denim shirt dress"); the first colour is the
// primary one. Thread-safe. Takes about ten microseconds for a listing; the time is linear in the length of
// the texts, of which at most Words::kMaxBytes each are read.
class Extractor {
 public:
  explicit Extractor(Ontology ontology) : ontology_(std::move(ontology)) {}

  const Ontology& ontology() const { return ontology_; }
  Extraction extract(const ItemText& text) const;

 private:
  Ontology ontology_;
};

}  // namespace fit::ontology

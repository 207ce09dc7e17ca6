#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ontology/ontology.h"

namespace fit::ingest {

// What a label is about: an asset or a cluster, by its id.
struct LabelTarget {
  enum class Kind : std::uint8_t { kAsset, kCluster };
  Kind kind = Kind::kAsset;
  std::int64_t id = 0;

  friend auto operator<=>(const LabelTarget&, const LabelTarget&) = default;
};
inline constexpr std::array<std::string_view, 2> kLabelTargets = {"asset", "cluster"};
std::string_view to_string(LabelTarget::Kind kind);

// Who says it.
enum class LabelOrigin : std::uint8_t { kPerson, kModel };
inline constexpr std::array<std::string_view, 2> kLabelOrigins = {"person", "model"};
std::string_view to_string(LabelOrigin origin);

// The fields of labels besides the properties of the ontology (domain::kProperties): a short name, a
// sentence, and any number of tags.
inline constexpr std::string_view kTitleField = "title";
inline constexpr std::string_view kDescriptionField = "description";
inline constexpr std::string_view kTagField = "tag";

inline constexpr std::size_t kMaxLabelTitleBytes = 200;
inline constexpr std::size_t kMaxLabelDescriptionBytes = 2'000;
inline constexpr std::size_t kMaxLabelTagBytes = 60;
inline constexpr std::size_t kMaxLabelTags = 20;  // of one target and origin

// The language of a text that does not state one (BCP 47).
inline constexpr std::string_view kUndetermined = "und";

// One statement about a target, with where it comes from.
struct Label {
  std::string field = {};
  std::string value = {};                             // for a property a value of the ontology
  std::string language = std::string(kUndetermined);  // BCP 47; values of the ontology are "en"
  float confidence = 1;                               // 0 to 1; 1 for a person
  LabelOrigin origin = LabelOrigin::kPerson;
  std::string author = {};   // the id of the person's principal, or the name of the model
  std::string version = {};  // of the model; empty for a person
  Timestamp created_at = {};

  friend bool operator==(const Label&, const Label&) = default;
};

// Whether the field is one that labels have.
bool is_label_field(std::string_view field);

// The label that a person gives, checked: the value of a property is turned into that of the ontology ("Grey"
// into "gray"), tags are in lower case, blanks at the ends are removed. An empty language is kUndetermined.
// kInvalid naming "field", "value" or "language".
Result<Label> person_label(const ontology::Ontology& ontology, std::string_view field, std::string_view value,
                           std::string_view language, std::string_view author);

// The value of a property or tag in the form in which labels have it; the text itself when it has none.
std::string label_value(const ontology::Ontology& ontology, std::string_view field, std::string_view value);

// The first label of the field; null when there is none.
const Label* find_label(const std::vector<Label>& labels, std::string_view field);

}  // namespace fit::ingest

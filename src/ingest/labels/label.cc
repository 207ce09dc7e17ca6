#include "ingest/labels/label.h"

#include <algorithm>

#include "base/format.h"
#include "base/text.h"
#include "domain/properties.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kMaxLanguageBytes = 35;  // the longest tags of RFC 5646 that its section 4.4.1 expects

bool is_control_byte(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::size_t max_bytes_of(std::string_view field) {
  if (field == kTitleField) return kMaxLabelTitleBytes;
  return field == kDescriptionField ? kMaxLabelDescriptionBytes : kMaxLabelTagBytes;
}

Result<void> check_label_text(std::string_view field, std::string_view value) {
  if (value.empty()) return invalid("value", "must not be empty");
  const std::size_t most = max_bytes_of(field);
  if (value.size() > most) return invalid("value", fit::format("must not be longer than {} bytes", most));
  if (!is_utf8(value) || std::ranges::any_of(value, is_control_byte)) {
    return invalid("value", "must be a text without control characters");
  }
  return {};
}

Result<std::string> known_value(const ontology::Ontology& ontology, std::size_t property,
                                std::string_view value) {
  if (const auto known = ontology.canonical(property, value)) return std::string(*known);
  const std::string_view name = domain::kProperties.at(property);
  const auto nearest = ontology.nearest(property, value);
  return invalid("value", nearest ? fit::format("is no value of {}; did you mean \"{}\"?", name, *nearest)
                                  : fit::format("is no value of {}", name));
}

Result<std::string> language_of(std::string_view language) {
  if (language.empty()) return std::string(kUndetermined);
  const bool is_tag =
      language.size() <= kMaxLanguageBytes && std::ranges::all_of(language, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
      });
  if (!is_tag) return invalid("language", "must be a language tag such as en or pt-BR");
  return std::string(language);
}

}  // namespace

std::string_view to_string(LabelTarget::Kind kind) {
  return kLabelTargets.at(static_cast<std::size_t>(kind));
}

std::string_view to_string(LabelOrigin origin) {
  return kLabelOrigins.at(static_cast<std::size_t>(origin));
}

bool is_label_field(std::string_view field) {
  return field == kTitleField || field == kDescriptionField || field == kTagField ||
         domain::property_index(field).has_value();
}

Result<Label> person_label(const ontology::Ontology& ontology, std::string_view field, std::string_view value,
                           std::string_view language, std::string_view author) {
  if (!is_label_field(field)) {
    return invalid("field", "must be title, description, tag or a property of the ontology");
  }
  value = trim(value);
  FIT_CHECK(check_label_text(field, value));
  Label label{.field = std::string(field), .author = std::string(author)};
  FIT_TRY(label.language, language_of(language));
  if (const auto property = domain::property_index(field)) {
    FIT_TRY(label.value, known_value(ontology, *property, value));
    label.language = "en";
    return label;
  }
  label.value = field == kTagField ? to_lower(value) : std::string(value);
  return label;
}

std::string label_value(const ontology::Ontology& ontology, std::string_view field, std::string_view value) {
  value = trim(value);
  if (field == kTagField) return to_lower(value);
  const auto property = domain::property_index(field);
  const auto known = property ? ontology.canonical(*property, value) : std::nullopt;
  return std::string(known.value_or(value));
}

const Label* find_label(const std::vector<Label>& labels, std::string_view field) {
  const auto found = std::ranges::find(labels, field, &Label::field);
  return found == labels.end() ? nullptr : &*found;
}

}  // namespace fit::ingest

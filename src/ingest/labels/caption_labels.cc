#include "ingest/labels/caption_labels.h"

#include <algorithm>
#include <array>

#include "base/format.h"
#include "base/text.h"
#include "domain/properties.h"
#include "text/html.h"

namespace fit::ingest {
namespace {

constexpr std::array kCaptionProperties = {domain::kCategory, domain::kPrimaryColor, domain::kPattern,
                                           domain::kMaterial};
constexpr std::size_t kMaxDroppedBytes = 80;

bool has_link(std::string_view text) {
  const std::string lower = to_lower(text);
  return lower.contains("://") || lower.contains("www.") || lower.contains("javascript:");
}

// A text of a model without markup, on one line; empty when it has a link.
std::string clean_text(const std::string& text) {
  std::string plain = text::plain_text(text);
  std::ranges::replace_if(plain, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  if (has_link(plain)) return {};
  return std::string(trim(plain));
}

// Collects labels of one model.
class CaptionReader {
 public:
  CaptionReader(const embed::Caption& caption, std::string_view model) : caption_(caption), model_(model) {}

  void add(std::string_view field, std::string value) {
    result_.labels.push_back({.field = std::string(field),
                              .value = std::move(value),
                              .language = "en",
                              .confidence = caption_.confidence,
                              .origin = LabelOrigin::kModel,
                              .author = model_,
                              .version = caption_.model_version});
  }
  void add_text(std::string_view field, const std::string& text, std::size_t most) {
    std::string plain = clean_text(text);
    if (plain.empty() || plain.size() > most) {
      if (!text.empty()) drop(field, text);
      return;
    }
    add(field, std::move(plain));
  }
  void drop(std::string_view field, std::string_view value) {
    result_.dropped.push_back(fit::format("{}: {}", field, utf8_prefix(value, kMaxDroppedBytes)));
  }
  bool has(std::string_view field, std::string_view value) const {
    return std::ranges::any_of(
        result_.labels, [&](const Label& label) { return label.field == field && label.value == value; });
  }
  CaptionLabels take() { return std::move(result_); }

 private:
  const embed::Caption& caption_;
  const std::string model_;
  CaptionLabels result_;
};

}  // namespace

std::vector<embed::CaptionField> caption_fields(const ontology::Ontology& ontology) {
  std::vector<embed::CaptionField> fields;
  for (const std::size_t property : kCaptionProperties) {
    const auto values = ontology.values(property);
    fields.push_back(
        {.name = std::string(domain::kProperties.at(property)), .values = {values.begin(), values.end()}});
  }
  return fields;
}

CaptionLabels labels_of_caption(const ontology::Ontology& ontology, const embed::Caption& caption,
                                std::string_view model) {
  CaptionReader reader(caption, model);
  reader.add_text(kTitleField, caption.title, kMaxLabelTitleBytes);
  reader.add_text(kDescriptionField, caption.description, kMaxLabelDescriptionBytes);
  for (const embed::CaptionValue& stated : caption.values) {
    const auto property = domain::property_index(stated.field);
    const auto value = property ? ontology.canonical(*property, stated.value) : std::nullopt;
    if (value) {
      reader.add(stated.field, std::string(*value));
    } else {
      reader.drop(stated.field, stated.value);
    }
  }
  for (const std::string& tag : caption.tags) {
    const std::string lower = to_lower(tag);
    if (!reader.has(kTagField, lower)) reader.add_text(kTagField, lower, kMaxLabelTagBytes);
  }
  return reader.take();
}

}  // namespace fit::ingest

#include "ingest/labels/local_labels.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/format.h"
#include "domain/properties.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kStyle = 6;
constexpr std::size_t kNeckline = 8;
constexpr std::size_t kSleeveLength = 9;
static_assert(domain::kProperties[kStyle] == "style" && domain::kProperties[kNeckline] == "neckline" &&
              domain::kProperties[kSleeveLength] == "sleeve_length");

using Phrase = std::pair<std::string_view, std::string_view>;

// Values whose words in a sentence differ from the value.
constexpr std::array<Phrase, 4> kNouns = {
    {{"tops", "top"}, {"dresses", "dress"}, {"bags", "bag"}, {"accessories", "accessory"}}};
constexpr std::array<std::string_view, 3> kUncountable = {"outerwear", "underwear", "beauty"};
constexpr std::array<Phrase, 6> kNecklines = {{{"collar", "a collar"},
                                               {"band", "a band collar"},
                                               {"lapel", "lapels"},
                                               {"hooded", "a hood"},
                                               {"off-shoulder", "bare shoulders"},
                                               {"strapless", "no straps"}}};

template <std::size_t kSize>
std::string_view phrase_of(const std::array<Phrase, kSize>& phrases, std::string_view value,
                           std::string_view otherwise) {
  const auto* const found = std::ranges::find(phrases, value, &Phrase::first);
  return found == phrases.end() ? otherwise : found->second;
}

std::string with_article(std::string_view words) {
  const bool is_vowel = std::string_view("aeio").contains(words.front());
  return fit::format("{} {}", is_vowel ? "an" : "a", words);
}

// A sentence about properties, and the least confidence of those that it has used.
class Sentence {
 public:
  explicit Sentence(const ontology::MergedProperties& properties) : properties_(properties) {}

  // Empty when the property is not known.
  std::string_view value(std::size_t property) {
    const std::string& known = properties_.values.at(property);
    if (!known.empty()) {
      confidence_ = std::min(confidence_, properties_.origins.at(property).confidence);
    }
    return known;
  }

  // "navy striped cotton t-shirt"
  std::string name() {
    std::string words;
    const auto append = [&words](std::string_view word) {
      if (word.empty()) return;
      if (!words.empty()) words += ' ';
      words += word;
    };
    const std::string_view color = value(domain::kPrimaryColor);
    append(color == "multi" ? "multicolored" : color);
    const std::string_view pattern = value(domain::kPattern);
    append(pattern == "solid" ? "" : pattern);
    append(value(domain::kMaterial));
    append(noun());
    return words;
  }

  std::string noun() {
    const std::string_view kind = value(domain::kSubcategory);
    if (!kind.empty()) return std::string(kind);
    const std::string_view category = value(domain::kCategory);
    return std::string(phrase_of(kNouns, category, category));
  }

  // "with short sleeves and a crew neckline"
  std::string details() {
    std::string sleeves(value(kSleeveLength));
    if (!sleeves.empty()) sleeves = sleeves == "sleeveless" ? "no sleeves" : sleeves + " sleeves";
    const std::string_view stated = value(kNeckline);
    std::string neckline;
    if (!stated.empty()) {
      neckline = phrase_of(kNecklines, stated, "");
      if (neckline.empty()) neckline = with_article(fit::format("{} neckline", stated));
    }
    if (sleeves.empty() && neckline.empty()) return {};
    const std::string_view both = sleeves.empty() || neckline.empty() ? "" : " and ";
    return fit::format(" with {}{}{}", sleeves, both, neckline);
  }

  float confidence() const { return confidence_; }

 private:
  const ontology::MergedProperties& properties_;
  float confidence_ = 1;
};

std::string capitalized(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - ('a' - 'A'));
  }
  return text;
}

// "A navy striped cotton t-shirt with short sleeves, in a casual style."
std::string describe(Sentence& sentence) {
  const std::string noun = sentence.noun();
  std::string text = sentence.name();
  const bool is_plural = noun.ends_with('s') && !noun.ends_with("ss");
  if (!is_plural && !std::ranges::contains(kUncountable, noun)) text = with_article(text);
  text += sentence.details();
  if (const std::string_view style = sentence.value(kStyle); !style.empty()) {
    text += fit::format(", in {} style", with_article(style));
  }
  const std::string_view season = sentence.value(domain::kSeason);
  if (!season.empty() && season != "all season") text += fit::format(", for {}", season);
  return capitalized(std::move(text)) + ".";
}

}  // namespace

std::vector<Label> local_labels(const ontology::MergedProperties& properties, const LocalModel& model) {
  std::vector<Label> labels;
  const auto add = [&](std::string_view field, std::string value, float confidence) {
    labels.push_back({.field = std::string(field),
                      .value = std::move(value),
                      .language = "en",
                      .confidence = confidence,
                      .origin = LabelOrigin::kModel,
                      .author = model.name,
                      .version = model.version});
  };
  if (!properties.values.at(domain::kCategory).empty()) {
    Sentence title(properties);
    std::string name = capitalized(title.name());
    add(kTitleField, std::move(name), title.confidence());
    Sentence description(properties);
    std::string text = describe(description);
    add(kDescriptionField, std::move(text), description.confidence());
  }
  for (std::size_t i = 0; i < domain::kProperties.size(); ++i) {
    const std::string& value = properties.values.at(i);
    if (!value.empty()) add(domain::kProperties.at(i), value, properties.origins.at(i).confidence);
  }
  return labels;
}

}  // namespace fit::ingest

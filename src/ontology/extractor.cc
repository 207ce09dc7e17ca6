#include "ontology/extractor.h"

#include <algorithm>
#include <numeric>

#include "ontology/mentions.h"
#include "ontology/ontology_file.h"

namespace fit::ontology {
namespace {

constexpr float kTitleWeight = 0.9F;
constexpr float kTagWeight = 0.8F;
constexpr float kDescriptionWeight = 0.65F;
constexpr float kMaxConfidence = 0.98F;  // for texts, which are never certain
constexpr std::size_t kMaxTags = 64;

// The evidence of all texts for and against one value.
struct Score {
  std::string_view value;
  float score = 0;
  float denied = 0;
};

using Mentions = std::vector<Mention>;

// The confidence of two independent pieces of evidence.
float combined(float a, float b) {
  return std::min(kMaxConfidence, 1 - (1 - a) * (1 - b));
}

// Whether the text asserts the value of the item itself.
bool is_asserted(const Mention& one) {
  return !one.negated && !one.aside;
}

// Accumulates the evidence of texts, one text after another.
class Collector {
 public:
  explicit Collector(const Ontology& ontology) : ontology_(ontology) {}

  void add(const Mentions& mentions, float weight) {
    field_scores_.clear();
    add_garments(mentions, weight);
    add_colors(mentions, weight);
    for (const Mention& one : mentions) {
      if (one.property == kSubcategory || one.property == kPrimaryColor) continue;
      if (is_asserted(one)) add_score(one.property, one.value, weight * factor_of(one));
    }
    for (const Mention& one : mentions) {
      if (one.negated && !one.aside && !one.implied) add_denial(one.property, one.value, weight);
    }
    for (const auto& [property, value, score] : field_scores_) {
      Score& total = score_of(property, value);
      total.score = combined(total.score, score);
    }
  }

  Extraction result() {
    Extraction extraction;
    for (std::size_t property = 0; property < kPropertyCount; ++property) {
      for (const Score& one : scores_[property]) {
        if (one.denied > 0 && one.denied >= one.score) extraction.excluded.emplace_back(property, one.value);
      }
      extraction.found[property] = best(property);
    }
    finish_category(extraction);
    finish_gender(extraction);
    finish_season(extraction);
    const auto& primary = extraction.found[kPrimaryColor];
    auto& secondary = extraction.found[kSecondaryColor];
    if (secondary && (!primary || primary->value == secondary->value)) secondary.reset();
    return extraction;
  }

 private:
  // The score of a value in the text being added.
  struct FieldScore {
    std::size_t property;
    std::string_view value;
    float score;
  };

  static float factor_of(const Mention& one) {
    float factor = 1;
    if (one.implied) factor *= 0.7F;
    if (one.part) factor *= 0.35F;
    if (one.percent > 0) factor *= 0.3F + 0.7F * static_cast<float>(one.percent) / 100;
    return factor;
  }

  // Adds a mention of a value in the current text; the text's best mention of a value counts.
  void add_score(std::size_t property, std::string_view value, float score) {
    for (FieldScore& one : field_scores_) {
      if (one.property == property && one.value == value) {
        one.score = std::max(one.score, score);
        return;
      }
    }
    field_scores_.push_back({property, value, score});
  }

  void add_denial(std::size_t property, std::string_view value, float weight) {
    Score& score = score_of(property, value);
    score.denied = std::max(score.denied, weight);
  }

  Score& score_of(std::size_t property, std::string_view value) {
    auto& scores = scores_[property];
    const auto found = std::ranges::find(scores, value, &Score::value);
    if (found != scores.end()) return *found;
    return scores.emplace_back(value);
  }

  // The garment for sale is the last one in the first segment of the text that names garments.
  void add_garments(const Mentions& mentions, float weight) {
    const Mention* head = nullptr;
    for (const Mention& one : mentions) {
      if (one.property != kSubcategory || !is_asserted(one) || one.implied) continue;
      if (head != nullptr && one.segment != head->segment) break;
      // "polo shirt shirt": the narrower value wins.
      if (head == nullptr || !ontology_.is_a(kSubcategory, head->value, one.value)) head = &one;
    }
    for (const Mention& one : mentions) {
      if (one.property != kSubcategory || !is_asserted(one)) continue;
      add_score(kSubcategory, one.value, &one == head ? weight : weight * 0.3F);
    }
    if (head == nullptr) return;
    if (const auto category = ontology_.category_of(head->value)) add_score(kCategory, *category, weight);
  }

  void add_colors(const Mentions& mentions, float weight) {
    std::vector<const Mention*> colors;
    for (const Mention& one : mentions) {
      if (one.property == kPrimaryColor && is_asserted(one)) colors.push_back(&one);
    }
    if (colors.empty()) return;
    // Colours of parts ("gold buttons") come last.
    std::ranges::stable_partition(colors, [](const Mention* one) { return !one->part; });
    const Mention& first = *colors.front();
    const auto joined = std::ranges::count_if(colors, [](const Mention* one) { return one->joined; });
    float certainty = first.part ? 0.6F : 1.0F;
    if (joined >= 3) certainty *= 0.6F;  // a list of available colours
    add_score(kPrimaryColor, first.value, weight * certainty);
    for (const Mention* one : colors) {
      if (one->value == first.value) continue;
      // In the title any other colour is the secondary one; in a description it must be joined to the first.
      const bool tied = one->joined && one->sentence == first.sentence;
      const float factor = tied ? 0.8F : one->part ? 0.6F : 0.7F;
      if (tied || weight != kDescriptionWeight || (one->part && one->sentence == first.sentence))
        add_score(kSecondaryColor, one->value, weight * factor);
      add_score(kPrimaryColor, one->value, weight * 0.15F);
      break;
    }
  }

  std::optional<Finding> best(std::size_t property) const {
    const Score* first = nullptr;
    float second = 0;
    for (const Score& one : scores_[property]) {
      if (one.denied > 0 && one.denied >= one.score) continue;
      if (first == nullptr || one.score > first->score) {
        if (first != nullptr) second = std::max(second, first->score);
        first = &one;
      } else {
        second = std::max(second, one.score);
      }
    }
    if (first == nullptr || first->score <= 0) return std::nullopt;
    const float doubt = property == kSecondaryColor ? 0 : 0.4F * second / first->score;
    return Finding{std::string(first->value), first->score * (1 - doubt)};
  }

  // The category follows from the subcategory.
  void finish_category(Extraction& extraction) const {
    const auto& garment = extraction.found[kSubcategory];
    auto& category = extraction.found[kCategory];
    if (!garment) return;
    const auto known = ontology_.category_of(garment->value);
    if (!known) return;
    if (!category || category->value != *known) category = Finding{std::string(*known), garment->confidence};
    category->confidence = std::max(category->confidence, garment->confidence);
  }

  float asserted_score(std::size_t property, std::string_view value) const {
    const auto found = std::ranges::find(scores_[property], value, &Score::value);
    return found == scores_[property].end() || found->denied >= found->score ? 0 : found->score;
  }

  void finish_gender(Extraction& extraction) const {
    const float men = asserted_score(kGender, "men");
    const float women = asserted_score(kGender, "women");
    if (men > 0 && women > 0 && std::min(men, women) > 0.6F * std::max(men, women))
      extraction.found[kGender] = Finding{"unisex", 0.8F * std::min(men, women)};
  }

  void finish_season(Extraction& extraction) const {
    const auto named =
        std::ranges::count_if(scores_[kSeason], [](const Score& one) { return one.score > one.denied; });
    if (named >= 3 && extraction.found[kSeason])
      extraction.found[kSeason] = Finding{"all season", extraction.found[kSeason]->confidence};
  }

  const Ontology& ontology_;
  std::array<std::vector<Score>, kPropertyCount> scores_;
  std::vector<FieldScore> field_scores_;
};

}  // namespace

bool Extraction::excludes(std::size_t property, std::string_view value) const {
  return std::ranges::any_of(excluded,
                             [&](const auto& one) { return one.first == property && one.second == value; });
}

Extraction Extractor::extract(const ItemText& text) const {
  Collector collector(ontology_);
  const MentionOptions whole{.is_short = true, .hidden = text.brand};
  collector.add(find_mentions(ontology_, text.title, whole), kTitleWeight);
  for (const std::string& tag : text.tags.first(std::min(text.tags.size(), kMaxTags)))
    collector.add(find_mentions(ontology_, std::string_view(tag).substr(0, 256), whole), kTagWeight);
  if (!text.description.empty()) {
    const MentionOptions part{.is_short = false, .hidden = text.brand};
    collector.add(find_mentions(ontology_, text.description, part), kDescriptionWeight);
  }
  return collector.result();
}

}  // namespace fit::ontology

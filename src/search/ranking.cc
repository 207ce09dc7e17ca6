#include "search/ranking.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "base/trace.h"
#include "search/personal_order.h"

namespace fit::search {
namespace {

constexpr std::size_t kDepth = kRankedDepth;
constexpr std::size_t kWordsAlone = 1000;  // candidates by words when the query has no vector
constexpr double kBlend = 0.8;             // length of the text vector beside the image vector
constexpr double kInheritedWeight = 0.35;  // weight of an inherited property relative to a named one
constexpr double kRest = 0.5;              // weight of words that name no property, beside an image vector
constexpr double kNames = 3;               // added weight of words when all of them are names or rare
constexpr double kRare = 4;                // least weight of a rare word, which one item in fifty has
constexpr double kAlike = 1e-4;            // cosines that differ by less are equal
constexpr double kUnknownAgrees = 0.3;     // agreement of an item without a value
constexpr double kMostRelevant = 0.95;     // the relevance of an item that has all words and properties
constexpr double kPropertyWeight = 3;      // weight of a property in relevance; of words it is the IDF
constexpr double kInDescription = 0.8;     // weight of a word that only the description has
constexpr double kOtherForm = 0.5;         // weight of a word that items have only in other forms

// nullopt when the two vectors cancel each other out.
std::optional<embed::Vector> blended(const embed::Vector& image, const embed::Vector& text) {
  embed::Vector sum(image);
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<float>(kBlend) * text[i];
  if (!embed::normalize(sum, static_cast<int>(sum.size()), "query")) return std::nullopt;
  return sum;
}

class Ranker {
 public:
  Ranker(const RankingParts& parts, const Query& query, const ResolvedQuery& resolved,
         const Selection& selection)
      : parts_(parts), query_(query), resolved_(resolved), selection_(selection) {
    if (parts.weights != nullptr) use(*parts.weights);
  }

  Result<RankedCandidates> rank() {
    FIT_CHECK(gather());
    FIT_CHECK(compare());
    FIT_CHECK(agree());
    FIT_CHECK(prefer_fresh());
    set_relevance();
    if (resolved_.min_similarity) {
      std::erase_if(candidates_,
                    [this](const Candidate& one) { return one.similarity < *resolved_.min_similarity; });
    }
    if (resolved_.min_relevance) {
      std::erase_if(candidates_, [this](const Candidate& one) {
        return one.relevance.value_or(0) < *resolved_.min_relevance;
      });
    }
    for (Candidate& one : candidates_) {
      for (const ScorePart& part : one.parts) one.score += part.score;
    }
    FIT_CHECK(add_taste());
    std::ranges::sort(candidates_, [](const Candidate& a, const Candidate& b) {
      return comes_before(a.sort_key(), b.sort_key());
    });
    return RankedCandidates{.candidates = std::move(candidates_),
                            .kind = std::move(agreement_.kind),
                            .given_up = std::move(agreement_.given_up),
                            .trust = trust_};
  }

 private:
  void use(const FusionWeights& given) {
    const auto [image, text, texts, words, properties] = given.parts;
    weights_.image = image;
    weights_.text = text;
    weights_.words = words;
    weights_.properties = properties;
    texts_weight_ = texts;
    // The similarity in the searched space has the weight 1.
    for (std::size_t i = 0; i < rerank_spaces_.size() && given.spaces[0] > 0; ++i) {
      rerank_spaces_[i].weight = given.spaces[i + 1] / given.spaces[0];
    }
  }

  Candidate& candidate(ItemId item) {
    const auto [at, is_new] = indexes_.try_emplace(item, candidates_.size());
    if (is_new) candidates_.push_back({.item = item});
    return candidates_[at->second];
  }

  std::vector<ItemId> candidate_items() const {
    std::vector<ItemId> items;
    items.reserve(candidates_.size());
    for (const Candidate& one : candidates_) items.push_back(one.item);
    return items;
  }

  static void add(Candidate& candidate, std::string_view name, double score) {
    if (score == 0) return;
    const auto part = std::ranges::find(candidate.parts, name, &ScorePart::name);
    if (part != candidate.parts.end()) {
      part->score += score;
    } else {
      candidate.parts.push_back({std::string(name), score});
    }
  }

  Result<std::vector<domain::Neighbor>> nearest(const embed::Vector& vector, const Selection& within) const {
    FIT_TRY(auto found, parts_.searcher.candidates(vector, kDepth + resolved_.excluded.size(), within));
    if (&vector == resolved_.query_vector() && !resolved_.rerank_vectors.empty()) {
      FIT_CHECK(rerank(parts_.store, rerank_spaces_, resolved_.rerank_vectors, found));
    }
    return found;
  }

  // Adds the list of the items nearest to a vector.
  Result<void> list(std::string_view name, const embed::Vector& vector, double weight,
                    const Selection& within) {
    if (weight == 0) return {};
    Span span("candidates");
    span.set("fit.list", std::string(name));
    FIT_TRY(const auto found, nearest(vector, within));
    double rank = 1;
    for (const domain::Neighbor& neighbor : found) {
      if (std::ranges::contains(resolved_.excluded, neighbor.item)) continue;
      add(candidate(neighbor.item), name, weight / (kRankOffset + rank));
      ++rank;
    }
    return {};
  }

  // Adds the items of the kind that are nearest to the image vector, at the ranks that follow those of the
  // whole selection's list, which are the first `listed` candidates.
  Result<void> list_kind(std::size_t listed) {
    Span span("candidates");
    span.set("fit.list", std::string("image of the kind"));
    Filter filter = resolved_.filter;
    const Kind& kind = *agreement_.kind;
    filter.any_of.push_back({std::string(domain::kProperties[kind.property]), kind.values});
    FIT_TRY(const auto selection, parts_.columns.select(filter));
    FIT_TRY(const auto found, nearest(*resolved_.image_vector, selection));
    double rank = kDepth + 1;
    for (const domain::Neighbor& neighbor : found) {
      if (std::ranges::contains(resolved_.excluded, neighbor.item)) continue;
      const auto known = indexes_.find(neighbor.item);
      if (known != indexes_.end() && known->second < listed) continue;
      add(candidate(neighbor.item), "image", weights_.image / (kRankOffset + rank));
      ++rank;
    }
    return {};
  }

  Result<void> gather() {
    const Weights& weights = weights_;
    if (!query_.text.empty() && weights.properties > 0) {
      FIT_TRY(agreement_, find_agreement(parts_.columns, resolved_));
    }
    const auto& agreeing = agreement_.items;
    if (resolved_.image_vector) {
      FIT_CHECK(list("image", *resolved_.image_vector, weights.image, selection_));
      if (agreement_.kind) FIT_CHECK(list_kind(candidates_.size()));
      if (agreeing) FIT_CHECK(list("image", *resolved_.image_vector, weights.image, *agreeing));
      if (resolved_.text_vector) {
        const auto sum = blended(*resolved_.image_vector, *resolved_.text_vector);
        if (sum) FIT_CHECK(list("text", *sum, weights.text * kRest, selection_));
      }
      if (resolved_.rest_vector)
        FIT_CHECK(list("text", *resolved_.rest_vector, weights.text * kRest, selection_));
    } else if (resolved_.text_vector) {
      FIT_CHECK(list("text", *resolved_.text_vector, weights.text, selection_));
      if (agreeing) FIT_CHECK(list("text", *resolved_.text_vector, weights.text, *agreeing));
    } else if (agreeing) {
      FIT_TRY(const auto latest, parts_.columns.latest(*agreeing, kWordsAlone));
      for (const ItemId item : latest) candidate(item);
    }
    if (resolved_.words_vector && parts_.text_searcher != nullptr) FIT_CHECK(list_texts());
    return list_words();
  }

  // Adds the list of the items whose texts are nearest to the words. Each counts by how much nearer it is
  // than the last of the list, so that a list of equally near items changes nothing.
  Result<void> list_texts() {
    const double weight = texts_weight_ * (resolved_.image_vector ? kRest : 1);
    if (weight == 0) return {};
    Span span("candidates");
    span.set("fit.list", std::string("texts"));
    const std::size_t limit =
        resolved_.query_vector() == nullptr ? kWordsAlone : kDepth + resolved_.excluded.size();
    FIT_TRY(const auto found, parts_.text_searcher->nearest(*resolved_.words_vector, limit, selection_));
    if (found.empty()) return {};
    const double last = found.back().similarity;
    const double spread = found.front().similarity - last;
    double rank = 1;
    for (const domain::Neighbor& neighbor : found) {
      if (std::ranges::contains(resolved_.excluded, neighbor.item)) continue;
      const double share = spread > kAlike ? (neighbor.similarity - last) / spread : 0;
      add(candidate(neighbor.item), "texts", weight * share / (kRankOffset + rank));
      ++rank;
    }
    return {};
  }

  // Adds the list of the items whose texts have the words.
  Result<void> list_words() {
    if (resolved_.words.empty() || weights_.words == 0) return {};
    Span span("candidates");
    span.set("fit.list", std::string("words"));
    const std::size_t limit =
        resolved_.query_vector() == nullptr ? kWordsAlone : kDepth + resolved_.excluded.size();
    FIT_TRY(const auto found, parts_.words.find(resolved_.words, limit, selection_, parts_.visible));
    double all = 0;
    double names = 0;
    for (std::size_t i = 0; i < found.words.size(); ++i) {
      all += found.words[i].weight;
      const bool is_telling = found.words[i].is_name || found.words[i].weight >= kRare;
      if (i < resolved_.free_words && is_telling) names += found.words[i].weight;
    }
    const double weight =
        weights_.words * (resolved_.image_vector ? kRest : 1) * (all > 0 ? 1 + kNames * names / all : 1);
    read_coverage(found);
    if (found.hits.empty()) return {};
    const store::WordHit& best = found.hits.front();
    const double unit = best.score > 0 ? weight * best.matched / best.score : 0;
    double rank = 1;
    for (const store::WordHit& hit : found.hits) {
      if (std::ranges::contains(resolved_.excluded, hit.item)) continue;
      add(candidate(hit.item), "words", unit * hit.score / (kRankOffset + rank));
      if (says_names(hit)) add(candidate(hit.item), "words", first_place());
      ++rank;
    }
    return {};
  }

  // Sets the weight of each word in relevance, and the words that an item must have in its names to come
  // first.
  void read_coverage(const store::WordResults& found) {
    for (std::size_t i = 0; i < found.words.size(); ++i) {
      const store::WordResults::Word& word = found.words[i];
      const bool is_free = i < resolved_.free_words;
      coverage_.push_back(!is_free ? 0 : word.is_known ? word.weight : found.unknown_weight);
      if (word.is_known) known_ |= 1U << i;
      own_.push_back(word.is_own);
      const bool is_name = std::ranges::contains(resolved_.names, to_lower(resolved_.words[i]));
      const bool is_telling = is_name || word.weight >= kRare;
      if (is_telling && word.is_own && word.weight > 0) telling_ |= 1U << i;
    }
    for (const store::WordHit& hit : found.hits) word_hits_.emplace(hit.item, hit);
  }

  bool says_names(const store::WordHit& hit) const {
    return !resolved_.image_vector && telling_ != 0 && (hit.named & telling_) == telling_;
  }

  // A score above the sum of the other parts of any score.
  double first_place() const {
    const Weights& weights = weights_;
    const auto properties = static_cast<double>(resolved_.parsed.properties.size());
    return weights.words > 0 ? kFirstRank * (2 * weights.text + texts_weight_ + (1 + kNames) * weights.words +
                                             properties * weights.properties)
                             : 0;
  }

  // The share of the words, by weight, and of the wanted properties that a candidate has.
  double coverage(const store::WordHit* hit, double agreed) const {
    double all = 0;
    double has = 0;
    for (std::size_t i = 0; i < coverage_.size(); ++i) {
      all += coverage_[i];
      if (hit == nullptr || (hit->found >> i & 1U) == 0) continue;
      const double share = (hit->named >> i & 1U) != 0 ? 1 : kInDescription;
      has += coverage_[i] * share * (own_[i] ? 1 : kOtherForm);
    }
    for (const SoftProperty& one : resolved_.parsed.properties) all += one.wanted ? kPropertyWeight : 0;
    return all > 0 ? (has + kPropertyWeight * agreed) / all : 0;
  }

  // Sets the relevance by similarity; for queries without an image at least that of the words and properties
  // that the item has.
  void set_relevance() {
    const bool by_words =
        !resolved_.image_vector && !(coverage_.empty() && resolved_.parsed.properties.empty());
    if (by_words) trust_ = std::sqrt(known_share());
    for (Candidate& one : candidates_) {
      if (resolved_.relevance != nullptr) one.relevance = trust_ * resolved_.relevance->at(one.similarity);
      if (!by_words) continue;
      const auto hit = word_hits_.find(one.item);
      const auto agreed = agreed_.find(one.item);
      const double share = coverage(hit == word_hits_.end() ? nullptr : &hit->second,
                                    agreed == agreed_.end() ? 0 : agreed->second);
      one.relevance = std::max(one.relevance.value_or(0), kMostRelevant * share * share);
    }
  }

  // The share of the words that the catalogue, or the ontology as properties, knows.
  double known_share() const {
    double all = 0;
    double known = 0;
    for (std::size_t i = 0; i < coverage_.size(); ++i) {
      all += coverage_[i];
      if (known_ >> i & 1U) known += coverage_[i] * (own_[i] ? 1 : kOtherForm);
    }
    for (const SoftProperty& one : resolved_.parsed.properties) {
      all += one.wanted ? kPropertyWeight : 0;
      known += one.wanted ? kPropertyWeight : 0;
    }
    return all > 0 ? known / all : 1;
  }

  // Finds each candidate's best image, and subtracts for similarity to the `unlike` examples.
  Result<void> compare() {
    const embed::Vector* const query_vector = resolved_.query_vector();
    if (query_vector == nullptr || candidates_.empty()) return {};
    FIT_TRY(auto stored, parts_.searcher.vectors_of(candidate_items()));
    best_vectors_.resize(candidates_.size());
    std::vector<double> unlike(candidates_.size(), -1);
    for (domain::ImageVector& vector : stored) {
      const std::size_t index = indexes_.at(vector.item);
      Candidate& one = candidates_[index];
      const double cosine = std::clamp(embed::dot(*query_vector, vector.values), -1.0, 1.0);
      for (const embed::Vector& other : resolved_.unlike_vectors) {
        unlike[index] = std::max(unlike[index], embed::dot(other, vector.values));
      }
      if (!(cosine <= one.similarity)) {  // true for NaN
        one.similarity = cosine;
        one.image = vector.image;
        best_vectors_[index] = std::move(vector.values);
      }
    }
    if (!resolved_.unlike_vectors.empty()) {
      const auto [least, most] = std::ranges::minmax(unlike);
      for (std::size_t i = 0; i < candidates_.size() && most > least; ++i) {
        add(candidates_[i], "unlike", -weights_.image * kFirstRank * (unlike[i] - least) / (most - least));
      }
    }
    drop_without_images();
    return {};
  }

  // Drops candidates whose images were removed meanwhile.
  void drop_without_images() {
    std::size_t remaining = 0;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (best_vectors_[i].empty()) continue;
      if (remaining != i) {
        candidates_[remaining] = std::move(candidates_[i]);
        best_vectors_[remaining] = std::move(best_vectors_[i]);
      }
      ++remaining;
    }
    candidates_.resize(remaining);
    best_vectors_.resize(remaining);
  }

  // Adds the agreement with the named and the inherited properties. Where an item has no value, the model's
  // prediction counts.
  Result<void> agree() {
    if (weights_.properties == 0 || candidates_.empty()) return {};
    std::vector<embed::Label> labels;
    std::vector<PropertyCondition> conditions;
    const auto add_condition = [&](const SoftProperty& one) {
      labels.push_back({std::string(domain::kProperties[one.property]), one.value});
      conditions.push_back({one.property, one.values});
    };
    for (const SoftProperty& one : resolved_.parsed.properties) add_condition(one);
    for (const ResolvedQuery::Inherited& one : resolved_.inherited) add_condition(one.property);
    if (labels.empty()) return {};
    if (agreement_.kind) conditions.push_back({agreement_.kind->property, agreement_.kind->values});
    FIT_TRY(const auto matches, parts_.columns.match(candidate_items(), conditions));
    auto predicted = parts_.embedder.score_labels(best_vectors_, labels);
    std::vector<std::vector<float>> predictions(labels.size());
    if (predicted) predictions = *std::move(predicted);
    const double unit = weights_.properties * kFirstRank;
    std::size_t next = 0;
    for (const SoftProperty& one : resolved_.parsed.properties) {
      add_agreement(one, unit, "properties", matches[next], predictions[next]);
      ++next;
    }
    for (const ResolvedQuery::Inherited& one : resolved_.inherited) {
      add_agreement(one.property, unit * kInheritedWeight * one.confidence, "kind", matches[next],
                    predictions[next]);
      ++next;
    }
    if (agreement_.kind) set_tiers(matches.back());
    if (!agreement_.given_up.empty()) keep_predicted(matches, predictions);
    return {};
  }

  void set_tiers(std::span<const PropertyMatch> matches) {
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      candidates_[i].tier = matches[i] == PropertyMatch::kEqual     ? KindTier::kOfKind
                            : matches[i] == PropertyMatch::kUnknown ? KindTier::kUnknown
                                                                    : KindTier::kOtherKind;
    }
  }

  // Nothing is given up where the model predicts for some candidate, whose values are not known, all that is
  // asked for. `matches` and `predictions` are of the named and then of the inherited properties.
  void keep_predicted(std::span<const std::vector<PropertyMatch>> matches,
                      std::span<const std::vector<float>> predictions) {
    const auto has_all = [&](std::size_t i) {
      std::array<bool, domain::kProperties.size()> asked{};
      std::array<bool, domain::kProperties.size()> has{};
      std::size_t next = 0;
      const auto read = [&](const SoftProperty& one, double confidence) {
        const PropertyMatch match = matches[next][i];
        const bool is_predicted = match == PropertyMatch::kUnknown && i < predictions[next].size() &&
                                  double{predictions[next][i]} >= kConfident;
        ++next;
        if (!one.wanted || confidence < kConfident) return;
        asked.at(one.property) = true;
        if (is_predicted || match == PropertyMatch::kEqual) has.at(one.property) = true;
      };
      for (const SoftProperty& one : resolved_.parsed.properties) read(one, 1);
      for (const ResolvedQuery::Inherited& one : resolved_.inherited) read(one.property, one.confidence);
      return asked == has;
    };
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (has_all(i)) return agreement_.given_up.clear();
    }
  }

  // Adds the freshness of the items.
  Result<void> prefer_fresh() {
    if (weights_.freshness == 0) return {};
    // Freshness changes every hour, so that the pages of a query have the same order.
    const Timestamp hour = std::chrono::floor<std::chrono::hours>(now());
    FIT_TRY(const auto freshness, parts_.columns.freshness(candidate_items(), hour));
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      add(candidates_[i], "freshness", weights_.freshness * kFirstRank * freshness[i]);
    }
    return {};
  }

  // Adds what the person likes, in each tier by itself.
  Result<void> add_taste() {
    if (query_.personal == nullptr || weights_.taste == 0) return {};
    for (const KindTier tier : {KindTier::kOfKind, KindTier::kUnknown, KindTier::kOtherKind}) {
      std::vector<Candidate*> members;
      std::vector<PersonalCandidate> judged;
      for (Candidate& one : candidates_) {
        if (one.tier != tier) continue;
        members.push_back(&one);
        judged.push_back({.item = one.item, .score = one.score});
      }
      if (judged.empty()) continue;
      FIT_TRY(auto added, query_.personal->parts_of(judged, weights_.taste));
      for (std::size_t i = 0; i < members.size(); ++i) {
        for (ScorePart& part : added[i]) {
          members[i]->score += part.score;
          members[i]->parts.push_back(std::move(part));
        }
      }
    }
    return {};
  }

  void add_agreement(const SoftProperty& property, double unit, std::string_view name,
                     std::span<const PropertyMatch> matches, std::span<const float> predictions) {
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      double agreement = matches[i] == PropertyMatch::kEqual ? 1 : 0;
      if (matches[i] == PropertyMatch::kUnknown)
        agreement = i < predictions.size() ? double{predictions[i]} : kUnknownAgrees;
      add(candidates_[i], name, unit * (property.wanted ? agreement : 1 - agreement));
      if (property.wanted && name == "properties") agreed_[candidates_[i].item] += agreement;
    }
  }

  const RankingParts& parts_;
  const Query& query_;
  const ResolvedQuery& resolved_;
  const Selection& selection_;
  Weights weights_ = query_.weights;
  double texts_weight_ = weights_.text;
  std::vector<RerankSpace> rerank_spaces_ = {parts_.rerank_spaces.begin(), parts_.rerank_spaces.end()};
  Agreement agreement_;
  std::vector<Candidate> candidates_;
  std::unordered_map<ItemId, std::size_t> indexes_;  // indexes into candidates_, valid until some are dropped
  std::vector<embed::Vector> best_vectors_;          // the best vector of each candidate
  std::vector<double> coverage_;                     // the weight of each word in relevance
  std::vector<bool> own_;      // whether items have the word itself and not only another form
  std::uint32_t known_ = 0;    // bit i: items have word i
  std::uint32_t telling_ = 0;  // bit i: word i is a name, or rare and not of a property
  std::unordered_map<ItemId, store::WordHit> word_hits_;
  std::unordered_map<ItemId, double> agreed_;  // the sum of agreement with wanted properties
  double trust_ = 1;
};

}  // namespace

Result<RankedCandidates> rank_candidates(const RankingParts& parts, const Query& query,
                                         const ResolvedQuery& resolved, const Selection& selection) {
  return Ranker(parts, query, resolved, selection).rank();
}

}  // namespace fit::search

#include "search/ranking.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace fit::search {
namespace {

constexpr std::size_t kDepth = kRankedDepth;
constexpr std::size_t kWordsAlone = 1000;  // of words, where there is nothing to be like
constexpr double kRankOffset = 60;         // of reciprocal rank fusion
constexpr double kFirstRank = 1 / (kRankOffset + 1);
constexpr double kBlend = 0.8;          // length of the text's vector beside the look's
constexpr double kKeep = 0.35;          // of a named property's weight
constexpr double kSure = 0.5;           // of what is to be kept, to look for it in the first place
constexpr double kRest = 0.5;           // of words that name no property, beside a look
constexpr double kNames = 3;            // how much more words count when all of them are names or rare
constexpr double kRare = 4;             // weight from which a word is rare: one item in fifty has it
constexpr double kAlike = 1e-4;         // cosines that differ less are equal
constexpr double kUnknownAgrees = 0.3;  // an item that says nothing of a property

std::optional<embed::Vector> blended(const embed::Vector& look, const embed::Vector& text) {
  embed::Vector sum(look);
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<float>(kBlend) * text[i];
  if (!embed::normalize(sum, static_cast<int>(sum.size()), "query")) return std::nullopt;
  return sum;
}

class Ranker {
 public:
  Ranker(const Ranking::Parts& parts, const Query& query, const ResolvedQuery& asked,
         const Selection& matching)
      : parts_(parts), query_(query), resolved_(asked), matching_(matching) {}

  Result<std::vector<Candidate>> rank() {
    FIT_CHECK(gather());
    FIT_CHECK(compare());
    FIT_CHECK(agree());
    FIT_CHECK(prefer_fresh());
    if (resolved_.min_similarity) {
      std::erase_if(candidates_,
                    [this](const Candidate& one) { return one.similarity < *resolved_.min_similarity; });
    }
    for (Candidate& one : candidates_) {
      for (const ScorePart& part : one.parts) one.score += part.score;
    }
    std::ranges::sort(candidates_, [](const Candidate& a, const Candidate& b) {
      return a.score != b.score ? a.score > b.score : a.item < b.item;
    });
    return std::move(candidates_);
  }

 private:
  Candidate& candidate(ItemId item) {
    const auto [at, is_new] = places_.try_emplace(item, candidates_.size());
    if (is_new) candidates_.push_back({.item = item, .image = {}, .parts = {}});
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

  // One list: the nearest items to a vector.
  Result<void> list(std::string_view name, const embed::Vector& vector, double weight,
                    const Selection& within) {
    if (weight == 0) return {};
    FIT_TRY(auto found, parts_.backend.candidates(vector, kDepth + resolved_.left_out.size(), within));
    if (&vector == resolved_.main() && !resolved_.rerank_looks.empty()) {
      FIT_CHECK(rerank(parts_.store, parts_.rerank_spaces, resolved_.rerank_looks, found));
    }
    double rank = 1;
    for (const domain::Neighbor& neighbor : found) {
      if (std::ranges::contains(resolved_.left_out, neighbor.item)) continue;
      add(candidate(neighbor.item), name, weight / (kRankOffset + rank));
      ++rank;
    }
    return {};
  }

  // The items of the filter that have the named properties, and what is surely to be kept where some have
  // that too; nullptr when there are none, or the words name none.
  Result<std::unique_ptr<Selection>> agreeing() const {
    if (resolved_.read.properties.empty() || query_.weights.properties == 0) return nullptr;
    Filter filter = resolved_.filter;
    const auto add = [&filter](const SoftProperty& one) {
      (one.wanted ? filter.any_of : filter.none_of)
          .push_back({std::string(domain::kProperties[one.property]), one.values});
    };
    for (const SoftProperty& one : resolved_.read.properties) add(one);
    const Filter named = filter;
    for (const ResolvedQuery::Keep& one : resolved_.keep) {
      if (one.weight >= kSure) add(one.what);
    }
    for (const Filter* const one : {&std::as_const(filter), &named}) {
      FIT_TRY(auto selection, parts_.backend.select(*one));
      FIT_TRY(const bool none, parts_.backend.is_empty(*selection));
      if (!none) return selection;
    }
    return nullptr;
  }

  Result<void> gather() {
    FIT_TRY(const auto agreeing, this->agreeing());
    const Weights& weights = query_.weights;
    if (resolved_.look) {
      FIT_CHECK(list("image", *resolved_.look, weights.image, matching_));
      if (agreeing) FIT_CHECK(list("image", *resolved_.look, weights.image, *agreeing));
      if (resolved_.text) {
        const auto sum = blended(*resolved_.look, *resolved_.text);
        if (sum) FIT_CHECK(list("text", *sum, weights.text * kRest, matching_));
      }
      if (resolved_.rest) FIT_CHECK(list("text", *resolved_.rest, weights.text * kRest, matching_));
    } else if (resolved_.text) {
      FIT_CHECK(list("text", *resolved_.text, weights.text, matching_));
      if (agreeing) FIT_CHECK(list("text", *resolved_.text, weights.text, *agreeing));
    } else if (agreeing) {
      FIT_TRY(const auto latest, parts_.backend.latest(*agreeing, kWordsAlone));
      for (const ItemId item : latest) candidate(item);
    }
    if (resolved_.of_texts) FIT_CHECK(list_texts());
    return list_words();
  }

  // The items whose texts are nearest to the words. Each counts by how much nearer it is than the last of the
  // list, so that a list whose items are all alike changes nothing.
  Result<void> list_texts() {
    const double weight = query_.weights.text * (resolved_.look ? kRest : 1);
    if (weight == 0) return {};
    const std::size_t limit = resolved_.main() == nullptr ? kWordsAlone : kDepth + resolved_.left_out.size();
    FIT_TRY(const auto found, parts_.backend.nearest_texts(*resolved_.of_texts, limit, matching_));
    if (found.empty()) return {};
    const double last = found.back().similarity;
    const double spread = found.front().similarity - last;
    double rank = 1;
    for (const domain::Neighbor& neighbor : found) {
      if (std::ranges::contains(resolved_.left_out, neighbor.item)) continue;
      const double share = spread > kAlike ? (neighbor.similarity - last) / spread : 0;
      add(candidate(neighbor.item), "texts", weight * share / (kRankOffset + rank));
      ++rank;
    }
    return {};
  }

  // The items whose texts have the words.
  Result<void> list_words() {
    if (resolved_.words.empty() || query_.weights.words == 0) return {};
    const std::size_t limit = resolved_.main() == nullptr ? kWordsAlone : kDepth + resolved_.left_out.size();
    FIT_TRY(const auto answer, parts_.backend.find_words(resolved_.words, limit, matching_));
    double all = 0;
    double names = 0;
    for (std::size_t i = 0; i < answer.words.size(); ++i) {
      all += answer.words[i].weight;
      const bool is_telling = answer.words[i].is_name || answer.words[i].weight >= kRare;
      if (i < resolved_.loose_words && is_telling) names += answer.words[i].weight;
    }
    const double weight =
        query_.weights.words * (resolved_.look ? kRest : 1) * (all > 0 ? 1 + kNames * names / all : 1);
    if (answer.hits.empty()) return {};
    const store::WordHit& best = answer.hits.front();
    const double unit = best.score > 0 ? weight * best.matched / best.score : 0;
    double rank = 1;
    for (const store::WordHit& hit : answer.hits) {
      if (std::ranges::contains(resolved_.left_out, hit.item)) continue;
      add(candidate(hit.item), "words", unit * hit.score / (kRankOffset + rank));
      ++rank;
    }
    return {};
  }

  // Finds each candidate's best image and takes away what is like the unlike.
  Result<void> compare() {
    const embed::Vector* const main = resolved_.main();
    if (main == nullptr || candidates_.empty()) return {};
    FIT_TRY(auto stored, parts_.backend.vectors_of(candidate_items()));
    best_vectors_.resize(candidates_.size());
    std::vector<double> unlike(candidates_.size(), -1);
    for (domain::ImageVector& vector : stored) {
      const std::size_t place = places_.at(vector.item);
      Candidate& one = candidates_[place];
      const double cosine = std::clamp(embed::dot(*main, vector.values), -1.0, 1.0);
      for (const embed::Vector& other : resolved_.unlike) {
        unlike[place] = std::max(unlike[place], embed::dot(other, vector.values));
      }
      if (!(cosine <= one.similarity)) {  // true for NaN
        one.similarity = cosine;
        one.image = vector.image;
        best_vectors_[place] = std::move(vector.values);
      }
    }
    if (!resolved_.unlike.empty()) {
      const auto [least, most] = std::ranges::minmax(unlike);
      for (std::size_t i = 0; i < candidates_.size() && most > least; ++i) {
        add(candidates_[i], "unlike",
            -query_.weights.image * kFirstRank * (unlike[i] - least) / (most - least));
      }
    }
    // An item whose images are gone by now is no candidate.
    drop_unseen();
    return {};
  }

  void drop_unseen() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (best_vectors_[i].empty()) continue;
      if (kept != i) {
        candidates_[kept] = std::move(candidates_[i]);
        best_vectors_[kept] = std::move(best_vectors_[i]);
      }
      ++kept;
    }
    candidates_.resize(kept);
    best_vectors_.resize(kept);
  }

  // Adds what items say of the named properties, and of those to be kept. Where an item says nothing, the
  // model's belief counts.
  Result<void> agree() {
    if (query_.weights.properties == 0 || candidates_.empty()) return {};
    std::vector<embed::Label> labels;
    std::vector<PropertyCondition> questions;
    const auto claim = [&](const SoftProperty& what) {
      labels.push_back({std::string(domain::kProperties[what.property]), what.value});
      questions.push_back({what.property, what.values});
    };
    for (const SoftProperty& one : resolved_.read.properties) claim(one);
    for (const ResolvedQuery::Keep& one : resolved_.keep) claim(one.what);
    if (labels.empty()) return {};
    FIT_TRY(const auto match_properties, parts_.backend.match_properties(candidate_items(), questions));
    auto believed = parts_.embedder.score_labels(best_vectors_, labels);
    std::vector<std::vector<float>> beliefs(labels.size());
    if (believed) beliefs = *std::move(believed);
    const double unit = query_.weights.properties * kFirstRank;
    std::size_t next = 0;
    for (const SoftProperty& one : resolved_.read.properties) {
      add_agreement(one, unit, "properties", match_properties[next], beliefs[next]);
      ++next;
    }
    for (const ResolvedQuery::Keep& one : resolved_.keep) {
      add_agreement(one.what, unit * kKeep * one.weight, "kind", match_properties[next], beliefs[next]);
      ++next;
    }
    return {};
  }

  Result<void> prefer_fresh() {
    if (query_.weights.freshness == 0) return {};
    FIT_TRY(const auto fresh, parts_.backend.freshness(candidate_items()));
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      add(candidates_[i], "freshness", query_.weights.freshness * kFirstRank * fresh[i]);
    }
    return {};
  }

  void add_agreement(const SoftProperty& what, double unit, std::string_view name,
                     std::span<const PropertyMatch> match_properties, std::span<const float> beliefs) {
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      double agreement = match_properties[i] == PropertyMatch::kEqual ? 1 : 0;
      if (match_properties[i] == PropertyMatch::kUnknown)
        agreement = i < beliefs.size() ? double{beliefs[i]} : kUnknownAgrees;
      add(candidates_[i], name, unit * (what.wanted ? agreement : 1 - agreement));
    }
  }

  const Ranking::Parts& parts_;
  const Query& query_;
  const ResolvedQuery& resolved_;
  const Selection& matching_;
  std::vector<Candidate> candidates_;
  std::unordered_map<ItemId, std::size_t> places_;  // into candidates_, until some are dropped
  std::vector<embed::Vector> best_vectors_;         // of the candidates
};

}  // namespace

Result<std::vector<Candidate>> Ranking::rank(const Parts& parts, const Query& query,
                                             const ResolvedQuery& asked, const Selection& matching) {
  return Ranker(parts, query, asked, matching).rank();
}

}  // namespace fit::search

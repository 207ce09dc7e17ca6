#include "style/taste/taste_history.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fit::style {
namespace {

// The agreement with which a memory counts nothing, and that with which it counts fully.
constexpr double kNoAgreement = 0.3;
constexpr double kFullAgreement = 0.8;

// Weighted numbers.
struct Mean {
  double weight = 0;
  double sum = 0;

  void add(double value, double by) {
    weight += by;
    sum += by * value;
  }
  double value() const { return sum / weight; }
};

// The surprise of a liked target with that logit, in nats.
double surprise(double logit) {
  return std::log1p(std::exp(-logit));
}

}  // namespace

double TasteMix::agreement() const {
  const double share = (1 - none - kNoAgreement) / (kFullAgreement - kNoAgreement);
  const double bounded = std::clamp(share, 0.0, 1.0);
  return bounded * bounded * (3 - 2 * bounded);
}

void TasteHistory::add(const Prediction& prediction) {
  const auto scaled = [this](double logit) {
    return std::clamp(logit * options_.judged_scale, -options_.max_judged, options_.max_judged);
  };
  predictions_.push_back({.long_term = scaled(prediction.long_term),
                          .short_term = scaled(prediction.short_term),
                          .is_liked = prediction.is_liked});
  if (predictions_.size() > options_.judged_taps) predictions_.pop_front();
}

TasteMix TasteHistory::mix() const {
  if (predictions_.empty()) return {};
  const double fade = std::exp2(-1 / options_.judged_half_life_taps);
  double evidence = 0;
  // The mean surprise of a memory. Its threshold between liked and disliked is halfway between their means.
  const auto loss = [&](double Prediction::* memory) {
    // The priors are targets with the logit 0.
    Mean liked{.weight = options_.liked_prior};
    Mean disliked{.weight = options_.disliked_prior};
    double weight = 1;
    for (auto one = predictions_.rbegin(); one != predictions_.rend(); ++one, weight *= fade) {
      (one->is_liked ? liked : disliked).add((*one).*memory, weight);
    }
    const double threshold = (liked.value() + disliked.value()) / 2;
    Mean liked_loss;
    Mean disliked_loss;
    liked_loss.add(surprise(-threshold), options_.liked_prior);
    disliked_loss.add(surprise(threshold), options_.disliked_prior);
    weight = 1;
    evidence = 0;
    for (auto one = predictions_.rbegin(); one != predictions_.rend(); ++one, weight *= fade) {
      const double logit = (*one).*memory - threshold;
      (one->is_liked ? liked_loss : disliked_loss).add(surprise(one->is_liked ? logit : -logit), weight);
      evidence += weight;
    }
    return (liked_loss.value() + disliked_loss.value()) / 2;
  };
  const double long_loss = loss(&Prediction::long_term);
  const double short_loss = loss(&Prediction::short_term);
  const double none_loss = std::numbers::ln2;
  const double least = std::min({long_loss, short_loss, none_loss});
  const double rate = options_.judge_rate * evidence;
  TasteMix mix{.long_term = std::exp(-rate * (long_loss - least)),
               .short_term = std::exp(-rate * (short_loss - least)),
               .none = std::exp(-rate * (none_loss - least))};
  const double sum = mix.long_term + mix.short_term + mix.none;
  mix.long_term /= sum;
  mix.short_term /= sum;
  mix.none /= sum;
  return mix;
}

}  // namespace fit::style

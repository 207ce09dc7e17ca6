#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"
#include "domain/records.h"
#include "embed/content_classifier.h"
#include "media/image.h"
#include "store/blocked_images.h"
#include "store/content_reviews.h"

namespace fit::catalog {

// Images whose perceptual hash differs from a blocked one in at most so many of 64 bits count as the blocked
// image (docs/benchmarks.md has the measurement).
inline constexpr int kMaxBlockedDistance = 6;

// A class of the classifier, and the probability from which on an image is objectionable.
struct ContentThreshold {
  std::string name;
  float least = 1;
};

// Reads "porn=0.9,hentai=0.9": names of classes with probabilities from 0 to 1. Empty: none. kInvalid naming
// `field` for another text and for a class that the classifier does not have.
Result<std::vector<ContentThreshold>> parse_thresholds(std::string_view field, std::string_view text,
                                                       std::span<const std::string> classes);

// The threshold that the probabilities reach and that they exceed most; nullptr when they reach none.
const ContentThreshold* exceeded(std::span<const ContentThreshold> thresholds,
                                 std::span<const std::string> classes, std::span<const float> probabilities);

// The probabilities as a JSON object: {"porn":0.9731}.
std::string scores_json(std::span<const std::string> classes, std::span<const float> probabilities);

// Judges each new image of an item before it is stored: against the block list, then by the classifier. An
// image that a person has approved is not classified again, and only an entry of the block list that is newer
// than the approval concerns it. Thread-safe; calls block. Borrows what Parts refers to.
class ContentFilter {
 public:
  enum class Mode : std::uint8_t {
    kFlag,   // objectionable images are stored and their items wait for a review
    kRefuse  // they are not stored
  };
  struct Parts {
    store::ContentReviews& reviews;
    store::BlockedImages& blocked;
    const embed::ContentClassifier* classifier = nullptr;  // null: the block list alone counts
    Metrics& metrics;
  };
  struct Options {
    Mode mode = Mode::kFlag;
    std::vector<ContentThreshold> thresholds;  // of the classifier's classes
  };
  ContentFilter(const Parts& parts, Options options);

  Mode mode() const { return options_.mode; }
  const embed::ContentClassifier* classifier() const { return parts_.classifier; }

  // Judges an image by its hashes and by its pixels, as classifier()->prepare() returned them; without a
  // classifier `pixels` is not read. In mode kRefuse an objectionable image is kInvalid naming `field`; in
  // mode kFlag it is flagged before the call returns, and its items wait for a review. Errors without a field
  // are those of the store and of the model.
  Result<void> judge(std::string_view field, const domain::ImageFields& image,
                     const media::Image& pixels) const;

 private:
  // Why an image is objectionable.
  struct Objection {
    std::string reason;
    std::string scores;
    std::string message;
  };
  Result<std::optional<Objection>> examine(const domain::ImageFields& image,
                                           const media::Image& pixels) const;
  Result<std::optional<Objection>> classify(const media::Image& pixels) const;

  const Parts parts_;
  const Options options_;
  Counter& passed_;
  Counter& flagged_;
  Counter& refused_;
  Histogram& seconds_;
};

}  // namespace fit::catalog

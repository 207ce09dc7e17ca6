#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "embed/embedder.h"

namespace fit::search {

// The base of embedders for tests: it embeds neither images nor texts unless a derived class overrides that.
class TestEmbedder : public embed::Embedder {
 public:
  TestEmbedder(const std::string& name, int dimensions, bool has_text, embed::Relevance relevance = {})
      : space_{.name = name,
               .model = name,
               .version = "1",
               .dimensions = dimensions,
               .has_text = has_text,
               .relevance = std::move(relevance)} {}

  const embed::Space& space() const override { return space_; }
  int image_short_side() const override { return 8; }
  Result<std::vector<embed::Vector>> embed_images(std::span<const media::Image>) override {
    return invalid("image", "is not embedded by this test");
  }
  Result<std::vector<embed::Vector>> embed_texts(std::span<const std::string>) override {
    return invalid("text", "no text side");
  }

 private:
  const embed::Space space_;
};

// Embeds texts: the i-th word sets the i-th number of the vector.
class AxesEmbedder : public TestEmbedder {
 public:
  AxesEmbedder(std::vector<std::string_view> words, int dimensions, bool has_text,
               embed::Relevance relevance = {})
      : TestEmbedder("words", dimensions, has_text, std::move(relevance)), words_(std::move(words)) {}

  Result<std::vector<embed::Vector>> embed_texts(std::span<const std::string> texts) override {
    if (!space().has_text) return TestEmbedder::embed_texts(texts);
    std::vector<embed::Vector> vectors;
    for (const std::string& text : texts) {
      embed::Vector vector(static_cast<std::size_t>(space().dimensions), 0.01F);
      for (std::size_t i = 0; i < words_.size(); ++i) {
        if (text.contains(words_[i])) vector[i] = 1;
      }
      FIT_CHECK(embed::normalize(vector, space().dimensions, "words"));
      vectors.push_back(std::move(vector));
    }
    return vectors;
  }

 private:
  const std::vector<std::string_view> words_;
};

}  // namespace fit::search

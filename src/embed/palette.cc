#include "embed/palette.h"

#include <cmath>

#include "embed/palette_parts.h"

namespace fit::embed {
namespace {

// Calibrated on product photos with bench/similarity --provider palette.
constexpr std::array kRelevance = {0.01, 0.01, 0.01, 0.01, 0.01, 0.02, 0.08, 0.13, 0.27, 0.43, 0.76};

using Layout = PaletteLayout;

void weigh(std::span<float> part, float share) {
  for (float& value : part) value *= std::sqrt(share);
}

class PaletteEmbedder final : public Embedder {
 public:
  const Space& space() const override { return space_; }

  int image_short_side() const override { return 128; }

  Result<media::Image> prepare(const media::Image& image) const override {
    return media::resize(image, kPaletteSide, kPaletteSide);
  }

  Result<std::vector<Vector>> embed_images(std::span<const media::Image> images) override {
    const auto work = std::make_unique<Work>();
    std::vector<Vector> vectors;
    vectors.reserve(images.size());
    for (const media::Image& image : images) {
      if (image.width == kPaletteSide && image.height == kPaletteSide &&
          image.rgb.size() == std::size_t{3} * kPalettePixels) {
        vectors.push_back(measure(image, *work));
      } else {
        FIT_TRY(const media::Image small, prepare(image));
        vectors.push_back(measure(small, *work));
      }
      FIT_CHECK(normalize(vectors.back(), Layout::kDimensions, space_.name));
    }
    return vectors;
  }

  Result<std::vector<Vector>> embed_texts(std::span<const std::string>) override {
    return invalid("text",
                   "the 'palette' embedder compares images only; words need a model with a text side");
  }

 private:
  struct Work {
    LabImage lab;
    Plane foreground;
  };

  static Vector measure(const media::Image& image, Work& work) {
    Vector vector(Layout::kDimensions);
    const auto part = [&](int begin, int size) { return std::span(vector).subspan(begin, size); };
    const auto colour = part(Layout::kColourBegin, Layout::kColourSize);
    const auto shape = part(Layout::kShapeBegin, Layout::kShapeSize);
    const auto texture = part(Layout::kTextureBegin, Layout::kTextureSize);
    to_lab(image, work.lab);
    find_foreground(work.lab, work.foreground);
    measure_colour(work.lab, work.foreground, colour);
    measure_shape(work.lab, shape);
    measure_texture(work.lab, work.foreground, texture);
    weigh(colour, Layout::kColourShare);
    weigh(shape, Layout::kShapeShare);
    weigh(texture, Layout::kTextureShare);
    return vector;
  }

  Space space_{.name = "palette",
               .model = "palette",
               .version = "1",
               .dimensions = Layout::kDimensions,
               .relevance = {
                   .photo = RelevanceCurve::make("relevance", {kRelevance.begin(), kRelevance.end()}).value(),
                   .words = {}}};
};

}  // namespace

std::unique_ptr<Embedder> make_palette_embedder() {
  return std::make_unique<PaletteEmbedder>();
}

}  // namespace fit::embed

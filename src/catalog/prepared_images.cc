#include "catalog/prepared_images.h"

#include <algorithm>

#include "base/format.h"
#include "catalog/item_writer.h"
#include "catalog/text_rules.h"

namespace fit::catalog {
namespace {

std::string field_of(std::size_t image) {
  return fit::format("images[{}]", image);
}

Result<ItemWriter::KnownImages> known_of(ItemWriter& writer, std::optional<ItemId> item) {
  if (!item) return ItemWriter::KnownImages();
  FIT_TRY(auto lists, writer.known_images(std::span(&*item, 1)));
  return std::move(lists.at(0));
}

}  // namespace

Result<void> PreparedImages::load(ItemWriter& writer, std::span<const ImageSource> images,
                                  std::optional<ItemId> item, const FetchLimits& limits) {
  loaded_.resize(images.size());
  FIT_TRY(auto known, known_of(writer, item));
  std::vector<EmbedInputs> inputs;
  std::vector<std::size_t> numbers;  // the image of each of `inputs`
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (loaded_[i]) continue;
    ImageSource source = images[i];
    FIT_TRY(auto loaded, writer.load(field_of(i), source, known, limits));
    if (loaded.known) continue;
    FIT_TRY(auto taken, writer.take(field_of(i), std::move(loaded)));
    loaded_[i] = std::move(taken.record);
    inputs.push_back(*std::move(taken.inputs));
    numbers.push_back(i);
  }
  auto vectors = writer.embed(std::move(inputs));
  std::optional<Error> error;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    auto& record = loaded_[numbers[i]];
    if (vectors[i]) {
      record->vectors = *std::move(vectors[i]);
      continue;
    }
    record.reset();
    if (error) continue;
    error = std::move(vectors[i]).error();
    error->field = field_of(numbers[i]);
  }
  if (error) return *std::move(error);
  return {};
}

Result<std::optional<TakenImages>> PreparedImages::take(ItemWriter& writer,
                                                        std::span<const ImageSource> images,
                                                        std::optional<ItemId> item) const {
  FIT_TRY(auto known, known_of(writer, item));
  TakenImages taken;
  for (std::size_t i = 0; i < images.size(); ++i) {
    domain::ImageWrite& record = taken.records.emplace_back();
    if (i < loaded_.size() && loaded_[i]) {
      record = *loaded_[i];
      if (i == 0) taken.first_vectors = record.vectors;
      continue;
    }
    ImageSource source = images[i];
    const bool is_remote = source.bytes.empty() && is_http_url(source.location);
    if (is_remote && !std::ranges::contains(known, source.location, &domain::ImageFields::location)) {
      return std::nullopt;
    }
    FIT_TRY(auto loaded, writer.load(field_of(i), source, known, {}));
    if (!loaded.known) return std::nullopt;
    FIT_TRY(auto image, writer.take(field_of(i), std::move(loaded)));
    record = std::move(image.record);
    if (i == 0) taken.first_vectors = std::move(image.known_vectors);
  }
  return std::optional(std::move(taken));
}

}  // namespace fit::catalog

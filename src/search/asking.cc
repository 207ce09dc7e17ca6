#include "search/asking.h"

#include <algorithm>
#include <array>

#include "base/format.h"
#include "base/text.h"

namespace fit::search {
namespace {

// What an example's garment is: words that do not speak of it leave it.
constexpr std::array<std::string_view, 2> kKept = {"category", "subcategory"};

class Asker {
 public:
  Asker(const AskParts& parts, const QueryReader& reader, const Query& query)
      : parts_(parts), reader_(reader), query_(query) {}

  Result<Asked> ask() {
    asked_.filter = query_.filter;
    if (!query_.text.empty()) read_words();
    FIT_CHECK(look());
    if (!query_.text.empty()) FIT_CHECK(embed_words());
    if (asked_.look && !query_.is_plain()) keep_kind();
    return std::move(asked_);
  }

 private:
  void read_words() {
    asked_.read = reader_.read(query_.text);
    const auto tighter = [](std::optional<double>& bound, const std::optional<double>& other, bool lowest) {
      if (!other) return;
      bound = bound ? (lowest ? std::max(*bound, *other) : std::min(*bound, *other)) : *other;
    };
    tighter(asked_.filter.min_price, asked_.read.min_price, true);
    tighter(asked_.filter.max_price, asked_.read.max_price, false);
  }

  Result<embed::Vector> item_vector(std::string_view field, ItemId item) {
    if (const auto known = parts_.store.item(item); !known) {
      Error error = known.error();
      if (error.code == ErrorCode::kNotFound && field != "item_id") error.field = field;
      return error;
    }
    FIT_TRY(auto vectors, parts_.store.vectors(parts_.index.space().id, std::span(&item, 1)));
    if (vectors.empty()) {
      return Error{
          ErrorCode::kUnavailable, "the item's pictures are not embedded yet", std::string(field), {}};
    }
    asked_.left_out.push_back(item);
    return std::move(vectors.front().values);
  }

  Result<void> look() {
    std::vector<embed::Vector> examples;
    if (!query_.image.empty()) {
      embed::Embedder& embedder = parts_.embedder;
      FIT_TRY(const media::Image image, media::decode(query_.image_field, query_.image,
                                                      embedder.image_short_side(), parts_.image_limits));
      FIT_TRY(auto vectors, embedder.embed_images(std::span(&image, 1)));
      FIT_TRY(auto predicted, embedder.predict(vectors));
      asked_.predicted = std::move(predicted.front());
      examples.push_back(std::move(vectors.front()));
    }
    if (query_.item_id) {
      FIT_TRY(auto vector, item_vector("item_id", *query_.item_id));
      examples.push_back(std::move(vector));
    }
    for (const ItemId item : query_.like) {
      FIT_TRY(auto vector, item_vector("like", item));
      examples.push_back(std::move(vector));
    }
    for (const ItemId item : query_.unlike) {
      FIT_TRY(auto vector, item_vector("unlike", item));
      asked_.unlike.push_back(std::move(vector));
    }
    if (examples.empty()) return {};
    asked_.look = std::move(examples.front());
    if (examples.size() == 1) return {};
    embed::Vector& mean = *asked_.look;
    for (const embed::Vector& other : std::span(examples).subspan(1)) {
      for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += other[i];
    }
    if (!embed::normalize(mean, static_cast<int>(mean.size()), "query")) {
      return invalid("like", "the examples cancel each other out");
    }
    return {};
  }

  Result<void> embed_words() {
    const std::string_view text = trim(asked_.read.text);
    if (text.empty()) {
      // A price alone is a filter; a likeness cannot be measured to it.
      if (!asked_.look && query_.min_similarity) {
        return invalid("min_similarity", "needs something to be like: the text only says a price");
      }
      return {};
    }
    if (!parts_.embedder.space().has_text) {
      // Beside a look, the properties that the words name still count.
      if (asked_.look && !asked_.read.properties.empty()) return {};
      return invalid("text",
                     fit::format("the model \"{}\" has no text side; search by photo, or choose another "
                                 "EMBEDDING_PROVIDER",
                                 parts_.embedder.space().model));
    }
    const std::string likeness = wanted_words();
    if (likeness.empty() && asked_.look) return {};
    std::vector<std::string> texts = {likeness.empty() ? std::string(text) : likeness};
    const bool has_rest = asked_.look && !asked_.read.rest.empty() && !asked_.read.properties.empty();
    if (has_rest) texts.push_back(asked_.read.rest);
    FIT_TRY(auto vectors, parts_.embedder.embed_texts(texts));
    asked_.text = std::move(vectors[0]);
    if (has_rest) asked_.rest = std::move(vectors[1]);
    return {};
  }

  // The words without those of what should not be, which a vector cannot tell from what should.
  std::string wanted_words() const {
    const auto& properties = asked_.read.properties;
    if (std::ranges::all_of(properties, &SoftProperty::wanted)) return std::string(trim(asked_.read.text));
    std::string words = asked_.read.rest;
    for (const SoftProperty& one : properties) {
      if (one.wanted) words += (words.empty() ? "" : " ") + one.value;
    }
    return words;
  }

  void keep_kind() {
    const bool names_kind = std::ranges::any_of(asked_.read.properties, [](const SoftProperty& one) {
      return one.wanted && std::ranges::contains(kKept, store::kProperties[one.property]);
    });
    if (names_kind) return;
    for (const std::string_view name : kKept) {
      const std::size_t property = store::property_index(name).value_or(0);
      for (const embed::PropertyPrediction& one : asked_.predicted) {
        if (one.property != name || one.values.empty()) continue;
        asked_.keep.push_back({reader_.meaning(property, one.values[0].value), one.values[0].confidence});
      }
      std::vector<ItemId> examples = query_.like;
      if (query_.item_id) examples.push_back(*query_.item_id);
      for (const ItemId item : examples) {
        const std::string value = parts_.columns.property_of(item, property);
        if (!value.empty())
          asked_.keep.push_back(
              {reader_.meaning(property, value), 1.0 / static_cast<double>(examples.size())});
      }
    }
  }

  const AskParts& parts_;
  const QueryReader& reader_;
  const Query& query_;
  Asked asked_;
};

}  // namespace

Result<Asked> ask(const AskParts& parts, const QueryReader& reader, const Query& query) {
  return Asker(parts, reader, query).ask();
}

}  // namespace fit::search

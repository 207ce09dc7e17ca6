#include "http/search_fields.h"

#include <algorithm>

#include "base/base64.h"
#include "base/format.h"
#include "base/json.h"

namespace fit::http {
namespace {

struct KnownField {
  std::string_view name;
  bool for_photo;  // also known to SearchForm::kPhoto
};

constexpr std::array kFields = {
    KnownField{"image_base64", true},   KnownField{"filters", true},
    KnownField{"limit", true},          KnownField{"min_similarity", true},
    KnownField{"min_relevance", false}, KnownField{"image", false},
    KnownField{"image_url", false},     KnownField{"item_id", false},
    KnownField{"text", false},          KnownField{"facets", false},
    KnownField{"like", false},          KnownField{"unlike", false},
    KnownField{"weights", false},       KnownField{"cursor", false},
    KnownField{"explain", false},       KnownField{"collapse_duplicates", false},
};

std::string known_names(SearchForm form) {
  std::string names;
  for (const KnownField& field : kFields) {
    if (form == SearchForm::kPhoto && !field.for_photo) continue;
    if (!names.empty()) names += ", ";
    names += field.name;
  }
  return names;
}

Result<std::vector<ItemId>> parse_ids(std::string_view field, std::string_view json) {
  FIT_TRY(const Json list, parse_json(field, json));
  if (!list.is_array()) return invalid(std::string(field), "must be a list of item ids");
  if (list.size() > search::kMaxExamples) {
    return invalid(std::string(field), fit::format("must have at most {} items", search::kMaxExamples));
  }
  std::vector<ItemId> ids;
  for (const Json& element : list) {
    if (!element.is_string() && !element.is_number_integer()) {
      return invalid(std::string(field), "must be a list of item ids");
    }
    FIT_TRY(const std::int64_t id,
            parse_id(field, element.is_string() ? element.get<std::string>() : element.dump()));
    ids.push_back(ItemId{id});
  }
  return ids;
}

}  // namespace

Result<void> SearchFields::admit(std::string_view name) {
  const auto found = std::ranges::find(kFields, name, &KnownField::name);
  if (found == kFields.end() || (form_ == SearchForm::kPhoto && !found->for_photo)) {
    return invalid(std::string(name.substr(0, 100)), "is not a known field; known are " + known_names(form_));
  }
  const auto index = static_cast<std::size_t>(found - kFields.begin());
  if (seen_.test(index)) return invalid(std::string(name), "is given twice");
  seen_.set(index);
  return {};
}

Result<void> SearchFields::ask(std::string_view field) {
  if (!question_.empty()) {
    return invalid(std::string(field),
                   fit::format("cannot be combined with {}; ask by one of them", question_));
  }
  question_ = field;
  return {};
}

Result<void> SearchFields::set_image_base64(std::string_view text) {
  FIT_CHECK(ask("image_base64"));
  FIT_TRY(request_.query.image, decode_base64("image_base64", text, max_image_bytes_));
  request_.query.image_field = "image_base64";
  return {};
}

Result<void> SearchFields::set_image_file(std::string_view content) {
  FIT_CHECK(ask("image"));
  if (content.empty()) return malformed("image", "is empty");
  if (content.size() > max_image_bytes_) {
    return Error{ErrorCode::kTooLarge, fit::format("is larger than {} bytes", max_image_bytes_), "image", {}};
  }
  const ByteView bytes = as_bytes(content);
  request_.query.image.assign(bytes.begin(), bytes.end());
  request_.query.image_field = "image";
  return {};
}

Result<void> SearchFields::set_image_url(std::string_view url) {
  FIT_CHECK(ask("image_url"));
  if (url.empty()) return invalid("image_url", "is empty");
  request_.image_url = url;
  request_.query.image_field = "image_url";
  return {};
}

Result<void> SearchFields::set_item_id(std::string_view id) {
  FIT_CHECK(ask("item_id"));
  FIT_TRY(const std::int64_t value, parse_id("item_id", id));
  request_.query.item_id = ItemId{value};
  return {};
}

Result<void> SearchFields::set_text(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return invalid("text", "is empty");
  request_.query.text = text;
  return {};
}

Result<void> SearchFields::set_like(std::string_view json) {
  FIT_TRY(request_.query.like, parse_ids("like", json));
  return {};
}

Result<void> SearchFields::set_unlike(std::string_view json) {
  FIT_TRY(request_.query.unlike, parse_ids("unlike", json));
  return {};
}

Result<void> SearchFields::set_weights(std::string_view json) {
  FIT_TRY(const Json object, parse_json("weights", json));
  if (!object.is_object()) return invalid("weights", "must be an object");
  search::Weights& weights = request_.query.weights;
  for (const auto& [name, value] : object.items()) {
    double* const weight = name == "image"        ? &weights.image
                           : name == "text"       ? &weights.text
                           : name == "words"      ? &weights.words
                           : name == "properties" ? &weights.properties
                           : name == "freshness"  ? &weights.freshness
                                                  : nullptr;
    if (weight == nullptr)
      return invalid("weights", "may have image, text, words, properties and freshness only");
    const double number = value.is_number() ? value.get<double>() : -1;
    if (!(number >= 0 && number <= search::kMaxWeight)) {
      return invalid("weights", fit::format("must be numbers between 0 and {}", search::kMaxWeight));
    }
    *weight = number;
  }
  return {};
}

Result<void> SearchFields::set_cursor(std::string_view cursor) {
  if (cursor.empty()) return invalid("cursor", "is empty; leave it out for the first page");
  request_.query.cursor = cursor;
  return {};
}

Result<void> SearchFields::set_filters(std::string_view json) {
  FIT_TRY(const Json object, parse_json("filters", json));
  if (!object.is_object()) return invalid("filters", "must be an object");
  FIT_TRY(request_.query.filter, search::parse_filter(object));
  return {};
}

Result<void> SearchFields::set_facets(std::string_view json) {
  FIT_TRY(const Json names, parse_json("facets", json));
  FIT_TRY(request_.query.facets, search::parse_facets(names));
  return {};
}

Result<void> SearchFields::set_limit(std::int64_t limit) {
  if (limit < 1 || limit > static_cast<std::int64_t>(search::kMaxLimit)) {
    return invalid("limit", fit::format("must be between 1 and {}", search::kMaxLimit));
  }
  request_.query.limit = static_cast<std::size_t>(limit);
  return {};
}

Result<void> SearchFields::set_min_similarity(double value) {
  if (!(value >= -1 && value <= 1)) return invalid("min_similarity", "must be between -1 and 1");
  request_.query.min_similarity = value;
  return {};
}

Result<void> SearchFields::set_min_relevance(double value) {
  if (!(value >= 0 && value <= 1)) return invalid("min_relevance", "must be between 0 and 1");
  request_.query.min_relevance = value;
  return {};
}

Result<SearchRequest> SearchFields::finish() && {
  request_.query.paged = form_ != SearchForm::kPhoto;
  request_.query.browse = form_ == SearchForm::kBrowse;
  if (form_ == SearchForm::kBrowse) return std::move(request_);
  if (question_.empty() && request_.query.text.empty() && request_.query.like.empty()) {
    if (form_ == SearchForm::kPhoto) return invalid("image_base64", "is missing");
    if (!request_.query.unlike.empty()) {
      return invalid("unlike", "needs a photo, a text or an item to be like");
    }
    return invalid("image_base64",
                   "is missing, and so are image, image_url, item_id, like and text; ask by one of them");
  }
  return std::move(request_);
}

}  // namespace fit::http

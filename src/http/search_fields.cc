#include "http/search_fields.h"

#include <algorithm>
#include <array>

#include "accounts/tenants.h"
#include "base/base64.h"
#include "base/format.h"
#include "base/json.h"
#include "search/query_vector.h"

namespace fit::http {
namespace {

constexpr std::array<std::string_view, 3> kPhotoFields = {"image", "image_base64", "image_url"};

// Four numbers of a JSON list, or with commas between them.
Result<media::Box> parse_box(std::string_view field, std::string_view text) {
  const std::string list = text.starts_with('[') ? std::string(text) : "[" + std::string(text) + "]";
  const auto numbers = parse_json(field, list);
  const bool is_list = numbers && numbers->is_array() && numbers->size() == 4 &&
                       std::ranges::all_of(*numbers, [](const Json& one) { return one.is_number(); });
  const auto side = [&](std::size_t at) { return (*numbers)[at].get<double>(); };
  media::Box box;
  if (is_list) box = {.left = side(0), .top = side(1), .right = side(2), .bottom = side(3)};
  if (is_list && media::is_box(box)) return box;
  return search::no_box(field);
}

std::string known_names(SearchForm form) {
  std::string names;
  for (const SearchFields::Field& field : SearchFields::table()) {
    if (!field.is_in(form)) continue;
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

std::span<const SearchFields::Field> SearchFields::table() {
  using enum FieldType;
  constexpr bool kIn = true;
  constexpr bool kOut = false;
  static constexpr std::array kTable = {
      // Name, type, whether POST /search_by_image, GET /api/v1/items and POST /api/v1/detect have it, reader.
      Field{"image_base64", kText, kIn, kOut, kIn, &SearchFields::read_image_base64},
      Field{"filters", kObject, kIn, kIn, kOut, &SearchFields::read_filters},
      Field{"limit", kInteger, kIn, kIn, kOut, &SearchFields::read_limit},
      Field{"min_similarity", kNumber, kIn, kOut, kOut, &SearchFields::read_min_similarity},
      Field{"min_relevance", kNumber, kOut, kOut, kOut, &SearchFields::read_min_relevance},
      Field{"match", kText, kOut, kOut, kOut, &SearchFields::read_match},
      Field{"image", kFile, kOut, kOut, kIn, &SearchFields::read_image_file},
      Field{"image_url", kText, kOut, kOut, kIn, &SearchFields::read_image_url},
      Field{"box", kList, kOut, kOut, kOut, &SearchFields::read_box},
      Field{"garment", kInteger, kOut, kOut, kOut, &SearchFields::read_garment},
      Field{"detect", kText, kOut, kOut, kOut, &SearchFields::read_detect},
      Field{"item_id", kId, kOut, kOut, kOut, &SearchFields::read_item_id},
      Field{"vector", kList, kOut, kOut, kOut, &SearchFields::read_vector},
      Field{"space", kText, kOut, kOut, kOut, &SearchFields::read_space},
      Field{"text", kText, kOut, kOut, kOut, &SearchFields::read_text},
      Field{"facets", kList, kOut, kIn, kOut, &SearchFields::read_facets},
      Field{"like", kList, kOut, kOut, kOut, &SearchFields::read_like},
      Field{"unlike", kList, kOut, kOut, kOut, &SearchFields::read_unlike},
      Field{"weights", kObject, kOut, kOut, kOut, &SearchFields::read_weights},
      Field{"sort", kText, kOut, kIn, kOut, &SearchFields::read_sort},
      Field{"cursor", kText, kOut, kIn, kOut, &SearchFields::read_cursor},
      Field{"explain", kFlag, kOut, kOut, kOut, &SearchFields::read_explain},
      Field{"collapse_duplicates", kFlag, kOut, kOut, kOut, &SearchFields::read_collapse_duplicates},
      Field{"tenants", kList, kOut, kOut, kOut, &SearchFields::read_tenants},
      Field{"item_tenant", kText, kOut, kOut, kOut, &SearchFields::read_item_tenant},
  };
  return kTable;
}

bool SearchFields::Field::is_in(SearchForm form) const {
  switch (form) {
    case SearchForm::kPhoto:
      return in_photo;
    case SearchForm::kBrowse:
      return in_browse;
    case SearchForm::kDetect:
      return in_detect;
    case SearchForm::kAny:
      break;
  }
  return true;
}

Result<const SearchFields::Field*> SearchFields::find(std::string_view name) const {
  const auto found = std::ranges::find(table(), name, &Field::name);
  if (found == table().end() || !found->is_in(form_)) {
    return invalid(std::string(name.substr(0, 100)), "is not a known field; known are " + known_names(form_));
  }
  return &*found;
}

Result<const SearchFields::Field*> SearchFields::admit(std::string_view name) {
  FIT_TRY(const Field* const field, find(name));
  if (std::ranges::contains(admitted_, field)) return invalid(std::string(name), "is given twice");
  admitted_.push_back(field);
  return field;
}

Result<void> SearchFields::claim_example(std::string_view field) {
  if (!example_field_.empty()) {
    return invalid(std::string(field),
                   fit::format("cannot be combined with {}; use one of them", example_field_));
  }
  example_field_ = field;
  return {};
}

Result<void> SearchFields::read_image_base64(const FieldValue& value) {
  FIT_CHECK(claim_example("image_base64"));
  FIT_TRY(request_.query.image, decode_base64("image_base64", value.text, max_image_bytes_));
  request_.query.image_field = "image_base64";
  return {};
}

Result<void> SearchFields::read_image_file(const FieldValue& value) {
  FIT_CHECK(claim_example("image"));
  if (value.text.empty()) return malformed("image", "is empty");
  if (value.text.size() > max_image_bytes_) {
    return Error{ErrorCode::kTooLarge, fit::format("is larger than {} bytes", max_image_bytes_), "image", {}};
  }
  const ByteView bytes = as_bytes(value.text);
  request_.query.image.assign(bytes.begin(), bytes.end());
  request_.query.image_field = "image";
  return {};
}

Result<void> SearchFields::read_image_url(const FieldValue& value) {
  FIT_CHECK(claim_example("image_url"));
  if (value.text.empty()) return invalid("image_url", "is empty");
  request_.image_url = value.text;
  request_.query.image_field = "image_url";
  return {};
}

// A list of JSON, or in a form four numbers with commas too.
Result<void> SearchFields::read_box(const FieldValue& value) {
  FIT_TRY(request_.query.part.box, parse_box("box", value.text));
  return {};
}

Result<void> SearchFields::read_garment(const FieldValue& value) {
  if (value.integer < 0) return invalid("garment", "must be 0 or more");
  request_.query.part.garment = static_cast<std::size_t>(value.integer);
  return {};
}

Result<void> SearchFields::read_detect(const FieldValue& value) {
  if (value.text != "auto") return invalid("detect", "must be \"auto\"");
  request_.query.part.is_detected = true;
  return {};
}

// Without the bytes of the photo, which may have to be fetched.
Result<void> SearchFields::check_part() const {
  const search::PhotoPart& part = request_.query.part;
  const bool has_photo = std::ranges::contains(kPhotoFields, example_field_);
  if (part.is_whole() || has_photo) return search::check_photo_part(part);
  return invalid(std::string(part.field()),
                 example_field_.empty()
                     ? "needs a photo, which it is a part of"
                     : fit::format("needs a photo and cannot be combined with {}", example_field_));
}

Result<void> SearchFields::read_item_id(const FieldValue& value) {
  FIT_CHECK(claim_example("item_id"));
  FIT_TRY(const std::int64_t id, parse_id("item_id", value.text));
  request_.query.item_id = ItemId{id};
  return {};
}

Result<void> SearchFields::read_vector(const FieldValue& value) {
  FIT_CHECK(claim_example("vector"));
  FIT_TRY(const Json list, parse_json("vector", value.text));
  FIT_TRY(request_.query.vector, search::parse_query_vector("vector", list));
  return {};
}

Result<void> SearchFields::read_space(const FieldValue& value) {
  if (value.text.empty()) return invalid("space", "is empty");
  request_.query.vector_space = value.text;
  return {};
}

Result<void> SearchFields::check_vector() const {
  const search::Query& query = request_.query;
  if (query.vector.empty() == query.vector_space.empty()) return {};
  if (query.vector.empty()) return invalid("space", "needs a vector");
  return invalid("space", "is missing; name the space that the vector is of");
}

Result<void> SearchFields::read_text(const FieldValue& value) {
  if (value.text.find_first_not_of(" \t\r\n") == std::string_view::npos) return invalid("text", "is empty");
  request_.query.text = value.text;
  return {};
}

Result<void> SearchFields::read_like(const FieldValue& value) {
  FIT_TRY(request_.query.like, parse_ids("like", value.text));
  return {};
}

Result<void> SearchFields::read_unlike(const FieldValue& value) {
  FIT_TRY(request_.query.unlike, parse_ids("unlike", value.text));
  return {};
}

Result<void> SearchFields::read_weights(const FieldValue& value) {
  FIT_TRY(const Json object, parse_json("weights", value.text));
  if (!object.is_object()) return invalid("weights", "must be an object");
  search::Weights& weights = request_.query.weights;
  for (const auto& [name, weight_value] : object.items()) {
    double* const weight = search::weight_of(weights, name);
    if (weight == nullptr)
      return invalid("weights", "may have image, text, words, properties, freshness and taste only");
    const double number = weight_value.is_number() ? weight_value.get<double>() : -1;
    if (weight == &weights.taste && !(number >= 0 && number <= search::kMaxTasteWeight)) {
      return invalid("weights",
                     fit::format("taste must be a number between 0 and {}", search::kMaxTasteWeight));
    }
    if (!(number >= 0 && number <= search::kMaxWeight)) {
      return invalid("weights", fit::format("must be numbers between 0 and {}", search::kMaxWeight));
    }
    *weight = number;
    request_.given_weights.push_back(name);
  }
  return {};
}

Result<void> SearchFields::read_sort(const FieldValue& value) {
  struct Name {
    std::string_view name;
    std::optional<domain::SortOrder> order;
  };
  static constexpr std::array kNames = {Name{"relevance", std::nullopt},
                                        Name{"newest", domain::SortOrder::kNewest},
                                        Name{"price_asc", domain::SortOrder::kLowestPrice},
                                        Name{"price_desc", domain::SortOrder::kHighestPrice}};
  const auto found = std::ranges::find(kNames, value.text, &Name::name);
  if (found == kNames.end()) return invalid("sort", "must be relevance, newest, price_asc or price_desc");
  request_.query.sort = found->order;
  return {};
}

Result<void> SearchFields::read_cursor(const FieldValue& value) {
  if (value.text.empty()) return invalid("cursor", "is empty; leave it out for the first page");
  request_.query.cursor = value.text;
  return {};
}

Result<void> SearchFields::read_filters(const FieldValue& value) {
  FIT_TRY(const Json object, parse_json("filters", value.text));
  if (!object.is_object()) return invalid("filters", "must be an object");
  FIT_TRY(request_.query.filter, search::parse_filter(object));
  request_.filters = value.text;
  return {};
}

Result<void> SearchFields::read_facets(const FieldValue& value) {
  FIT_TRY(const Json names, parse_json("facets", value.text));
  FIT_TRY(request_.query.facets, search::parse_facets(names));
  return {};
}

Result<void> SearchFields::read_limit(const FieldValue& value) {
  if (value.integer < 1 || value.integer > static_cast<std::int64_t>(search::kMaxLimit)) {
    return invalid("limit", fit::format("must be between 1 and {}", search::kMaxLimit));
  }
  request_.query.limit = static_cast<std::size_t>(value.integer);
  request_.has_limit = true;
  return {};
}

Result<void> SearchFields::read_min_similarity(const FieldValue& value) {
  if (!(value.number >= -1 && value.number <= 1))
    return invalid("min_similarity", "must be between -1 and 1");
  request_.query.min_similarity = value.number;
  return {};
}

Result<void> SearchFields::read_match(const FieldValue& value) {
  if (value.text != "close" && value.text != "any") return invalid("match", "must be \"any\" or \"close\"");
  request_.query.close_only = value.text == "close";
  return {};
}

Result<void> SearchFields::read_min_relevance(const FieldValue& value) {
  if (!(value.number >= 0 && value.number <= 1)) return invalid("min_relevance", "must be between 0 and 1");
  request_.query.min_relevance = value.number;
  return {};
}

Result<void> SearchFields::read_collapse_duplicates(const FieldValue& value) {
  request_.query.collapse_duplicates = value.flag;
  return {};
}

Result<void> SearchFields::read_explain(const FieldValue& value) {
  request_.query.explain = value.flag;
  return {};
}

Result<void> SearchFields::read_tenants(const FieldValue& value) {
  FIT_TRY(const Json list, parse_json("tenants", value.text));
  if (!list.is_array() || list.empty())
    return invalid("tenants", "must be a list of names of tenants, or [\"*\"]");
  if (list.size() > kMaxSearchedTenants) {
    return invalid("tenants", fit::format("must have at most {} names", kMaxSearchedTenants));
  }
  std::vector<std::string>& names = request_.tenants;
  for (const Json& element : list) {
    if (!element.is_string()) return invalid("tenants", "must be a list of names of tenants, or [\"*\"]");
    const auto& name = element.get_ref<const std::string&>();
    if (name == kAllTenants) {
      if (list.size() > 1) return invalid("tenants", "may have \"*\" alone only");
    } else {
      FIT_CHECK(accounts::check_tenant_name("tenants", name));
    }
    if (std::ranges::contains(names, name)) return invalid("tenants", fit::format("has \"{}\" twice", name));
    names.push_back(name);
  }
  return {};
}

Result<void> SearchFields::read_item_tenant(const FieldValue& value) {
  request_.item_tenant = value.text;
  return accounts::check_tenant_name("item_tenant", value.text);
}

Result<void> SearchFields::check_tenants() const {
  const search::Query& query = request_.query;
  if (request_.tenants.empty()) {
    if (request_.item_tenant.empty()) return {};
    return invalid("item_tenant",
                   "is for searches with tenants; an item_id is otherwise of the searched tenant");
  }
  if (query.weights.taste > 0) {
    return invalid("weights", "taste cannot be combined with tenants, because a taste is of one tenant");
  }
  if (!query.like.empty()) return invalid("like", "cannot be combined with tenants; use item_id or a photo");
  if (!query.unlike.empty()) return invalid("unlike", "cannot be combined with tenants");
  if (query.item_id && request_.item_tenant.empty()) {
    return invalid("item_tenant",
                   "is missing; each tenant has items of its own, so name the tenant of item_id");
  }
  if (!query.item_id && !request_.item_tenant.empty()) return invalid("item_tenant", "needs an item_id");
  return {};
}

Result<SearchRequest> SearchFields::finish() && {
  FIT_CHECK(check_tenants());
  FIT_CHECK(check_vector());
  FIT_CHECK(check_part());
  request_.query.paged = form_ != SearchForm::kPhoto;
  request_.query.browse = form_ == SearchForm::kBrowse;
  if (form_ == SearchForm::kBrowse) return std::move(request_);
  if (example_field_.empty() && request_.query.text.empty() && request_.query.like.empty()) {
    if (form_ == SearchForm::kPhoto) return invalid("image_base64", "is missing");
    if (form_ == SearchForm::kDetect) {
      return invalid("image_base64", "is missing, and so are image and image_url; use one of them");
    }
    if (!request_.query.unlike.empty()) {
      return invalid("unlike", "needs a photo, a text or an item that results resemble");
    }
    return invalid(
        "image_base64",
        "is missing, and so are image, image_url, item_id, vector, like and text; use one of them");
  }
  return std::move(request_);
}

}  // namespace fit::http

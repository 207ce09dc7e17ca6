#include "ingest/import/json_rows.h"

#include <algorithm>

#include "base/text.h"
#include "ingest/import/cell_values.h"

namespace fit::ingest {
namespace {

// Whether the value has the type that our own form demands.
bool is_own_value(const Column& column, const Json& value) {
  if (value.is_null()) return true;
  switch (column.role) {
    case Role::kPrice:
      return value.is_number();
    case Role::kProperties:
      return value.is_object();
    case Role::kImages:
      return value.is_string() ||
             (value.is_array() && std::ranges::all_of(value, [](const Json& image) {
                return image.is_string() ||
                       (image.is_object() && image.size() == 1 &&
                        (image.contains("url") || image.contains("path") || image.contains("image_base64")));
              }));
    default:
      return value.is_string();
  }
}

bool is_own(const Json& object, const ColumnNames& own) {
  return std::ranges::all_of(object.items(), [&](const auto& member) {
    const auto column = own.find(normal_name(member.key()));
    return column && is_own_value(*column, member.value());
  });
}

}  // namespace

Result<JsonRows> JsonRows::make(const SourceContext& context) {
  const Shape* shape = find_shape(context.shape);
  if (!context.shape.empty() && shape == nullptr) {
    return invalid("format", context.shape + " is none of " + shape_ids());
  }
  FIT_TRY(ColumnNames names, ColumnNames::make(shape == nullptr ? own_shape() : *shape, context.mapping));
  JsonRows rows(context, std::move(names));
  rows.is_decided_ = shape != nullptr;
  return rows;
}

Result<void> JsonRows::look_at(std::string_view json) {
  if (is_decided_) return {};
  const auto object = parse_json("", json);
  if (!object || !object->is_object()) return {};
  is_decided_ = true;
  if (is_own(*object, names_)) return {};
  FIT_TRY(names_, ColumnNames::make(marketplace_shape(), context_.mapping));
  return {};
}

ImportRow JsonRows::reject(ItemDraft::Place place, Error error) const {
  ItemDraft draft(std::move(place));
  draft.reject(std::move(error));
  return std::move(draft).finish(context_);
}

ImportRow JsonRows::read(ItemDraft::Place place, std::string_view json) {
  const auto object = parse_json("", json);
  if (!object) {
    return reject(std::move(place), Error{object.error().code, "the row " + object.error().message, {}, {}});
  }
  if (!object->is_object()) return reject(std::move(place), invalid("", "an item must be a JSON object"));
  ItemDraft draft(std::move(place));
  if (auto added = add_members(draft, *object); !added) draft.reject(std::move(added).error());
  return std::move(draft).finish(context_);
}

Result<void> JsonRows::add_members(ItemDraft& draft, const Json& object) {
  const bool is_strict = names_.shape().is_own && !context_.ignore_unknown_columns;
  int image_members = 0;
  for (const auto& [name, value] : object.items()) {
    if (value.is_null()) continue;
    const std::string normal = normal_name(name);
    const auto column = names_.find(normal);
    if (!column) {
      if (is_strict) return invalid(std::string(utf8_prefix(name, 200)), "is not a known field");
      remarks_.leave_out(name);
      continue;
    }
    const bool is_image = column->role == Role::kImages || column->role == Role::kImageBase64;
    if (names_.shape().is_own && is_image && ++image_members > 1) {
      return invalid(name,
                     "images must be given in one way only: images, image_url, image_path or image_base64");
    }
    draft.add_json(*column, value, context_.max_image_bytes);
  }
  return {};
}

}  // namespace fit::ingest

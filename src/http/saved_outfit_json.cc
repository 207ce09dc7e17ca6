#include "http/saved_outfit_json.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "base/json_reader.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/caller_view.h"
#include "http/tenant_choice.h"
#include "ingest/labels/label_service.h"
#include "store/catalogue.h"
#include "style/outfits/outfit_category.h"
#include "style/wardrobe/wardrobe_store.h"

namespace fit::http {
namespace {

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json slot_json(std::optional<style::Slot> slot) {
  return slot ? Json(style::to_string(*slot)) : Json(nullptr);
}

// The thumbnail of a piece for its owner; null for a piece without an image.
Json own_thumbnail_url(const style::SavedPiece& piece, const KnownPieces& known, std::string_view tenant) {
  if (!known.contains(piece)) return nullptr;
  const std::string query = tenant_query(tenant);
  if (piece.item) {
    const auto& images = known.items.at(*piece.item).images;
    if (images.empty()) return nullptr;
    return fit::format("/images/{}/thumbnail{}", images.front().id.str(), query);
  }
  const auto& photos = known.garments.at(*piece.garment).photos;
  if (photos.empty()) return nullptr;
  return fit::format("/api/v1/wardrobe/{}/photos/{}/thumbnail{}", piece.garment->str(), photos.front().asset,
                     query);
}

bool has_image(const style::SavedPiece& piece, const KnownPieces& known) {
  if (!known.contains(piece)) return false;
  return piece.item ? !known.items.at(*piece.item).images.empty()
                    : !known.garments.at(*piece.garment).photos.empty();
}

Json saved_outfit_json(const style::SavedOutfit& outfit, const KnownPieces& known,
                       const ontology::Ontology& ontology, std::string_view tenant) {
  Json pieces = Json::array();
  for (const style::SavedPiece& piece : outfit.fields.pieces) {
    pieces.push_back({{"item_id", piece.item ? Json(piece.item->str()) : Json(nullptr)},
                      {"garment_id", piece.garment ? Json(piece.garment->str()) : Json(nullptr)},
                      {"slot", slot_json(known.slot_of(piece, ontology))},
                      {"name", text_or_null(known.name_of(piece))},
                      {"thumbnail_url", own_thumbnail_url(piece, known, tenant)},
                      {"is_gone", !known.contains(piece)}});
  }
  const std::string picture =
      fit::format("/api/v1/outfits/{}/picture{}", outfit.id.str(), tenant_query(tenant));
  return {{"id", outfit.id.str()},
          {"name", text_or_null(outfit.fields.name)},
          {"notes", text_or_null(outfit.fields.notes)},
          {"pieces", std::move(pieces)},
          {"planned_for", outfit.fields.planned_for},
          {"worn_on", outfit.worn_on},
          {"picture_url", picture},
          {"share_url", text_or_null(shared_outfit_address(outfit, tenant))},
          {"created_at", to_rfc3339(outfit.created_at)},
          {"updated_at", to_rfc3339(outfit.updated_at)}};
}

Result<style::SavedPiece> parse_piece(const std::string& field, const std::string& item,
                                      const std::string& garment) {
  style::SavedPiece piece;
  if (!item.empty()) {
    FIT_TRY(const std::int64_t id, parse_id(field + ".item_id", item));
    piece.item = ItemId{id};
  }
  if (!garment.empty()) {
    FIT_TRY(const std::int64_t id, parse_id(field + ".garment_id", garment));
    piece.garment = style::GarmentId{id};
  }
  return piece;
}

}  // namespace

bool KnownPieces::contains(const style::SavedPiece& piece) const {
  if (piece.item) return items.contains(*piece.item);
  return piece.garment && garments.contains(*piece.garment);
}

std::string KnownPieces::name_of(const style::SavedPiece& piece) const {
  if (!contains(piece)) return {};
  return piece.item ? items.at(*piece.item).listing.title : garments.at(*piece.garment).fields.name;
}

std::optional<style::Slot> KnownPieces::slot_of(const style::SavedPiece& piece,
                                                const ontology::Ontology& ontology) const {
  if (!contains(piece)) return std::nullopt;
  if (piece.garment) return garments.at(*piece.garment).slot;
  const auto* const category = style::outfit_category_of(items.at(*piece.item).listing.properties, ontology);
  return category == nullptr ? std::nullopt : std::optional(category->slot);
}

Result<KnownPieces> known_pieces(const TenantSnapshot& tenant, std::int64_t user,
                                 std::span<const style::SavedOutfit> outfits,
                                 const std::function<bool(const domain::Listing&)>& is_shown) {
  std::vector<ItemId> items;
  std::vector<std::int64_t> garments;
  for (const style::SavedOutfit& outfit : outfits) {
    for (const style::SavedPiece& piece : outfit.fields.pieces) {
      if (piece.item) items.push_back(*piece.item);
      if (piece.garment) garments.push_back(piece.garment->value);
    }
  }
  KnownPieces known;
  store::Catalogue& database = tenant.catalog.writer().database();
  FIT_TRY(auto records, database.items().get(items));
  for (domain::ItemRecord& one : records) {
    const ItemId id = one.id;
    if (is_shown(one.listing)) known.items.emplace(id, std::move(one));
  }
  std::ranges::sort(garments);
  const auto repeated = std::ranges::unique(garments);
  garments.erase(repeated.begin(), repeated.end());
  style::WardrobeStore wardrobe(database.database(), tenant.labels->ontology());
  FIT_TRY(auto owned, wardrobe.some(user, garments));
  for (style::Garment& one : owned) {
    const style::GarmentId id = one.id;
    known.garments.emplace(id, std::move(one));
  }
  return known;
}

Result<std::vector<Json>> saved_outfits_json(const TenantSnapshot& tenant, const Principal& caller,
                                             std::span<const style::SavedOutfit> outfits) {
  const auto is_shown = [&](const domain::Listing& listing) { return is_visible(tenant, listing, caller); };
  FIT_TRY(const KnownPieces known, known_pieces(tenant, caller.user_id, outfits, is_shown));
  std::vector<Json> all;
  for (const style::SavedOutfit& one : outfits) {
    all.push_back(saved_outfit_json(one, known, tenant.labels->ontology(), caller.tenant));
  }
  return all;
}

std::string shared_outfit_address(const style::SavedOutfit& outfit, std::string_view tenant) {
  if (outfit.share_token.empty()) return {};
  return "/api/v1/shared-outfits/" + outfit.share_token + tenant_query(tenant);
}

Json shared_outfit_json(const style::SavedOutfit& outfit, const KnownPieces& known,
                        const ontology::Ontology& ontology, std::string_view tenant) {
  const std::string address = "/api/v1/shared-outfits/" + outfit.share_token;
  const std::string query = tenant_query(tenant);
  Json pieces = Json::array();
  for (std::size_t i = 0; i < outfit.fields.pieces.size(); ++i) {
    const style::SavedPiece& piece = outfit.fields.pieces[i];
    Json thumbnail;
    if (has_image(piece, known)) thumbnail = fit::format("{}/pieces/{}{}", address, i + 1, query);
    pieces.push_back({{"slot", slot_json(known.slot_of(piece, ontology))},
                      {"name", text_or_null(known.name_of(piece))},
                      {"thumbnail_url", std::move(thumbnail)},
                      {"is_gone", !known.contains(piece)}});
  }
  return {{"name", text_or_null(outfit.fields.name)},
          {"pieces", std::move(pieces)},
          {"picture_url", address + "/picture" + query}};
}

Result<style::SavedOutfitFields> apply_saved_outfit(style::SavedOutfitFields fields, const Json& body) {
  JsonReader reader(body);
  if (body.contains("name")) fields.name = reader.optional_text("name");
  if (body.contains("notes")) fields.notes = reader.optional_text("notes");
  if (body.contains("planned_for")) fields.planned_for = reader.optional_texts("planned_for");
  std::vector<std::pair<std::string, std::string>> ids;  // of each piece: item_id, garment_id
  if (body.contains("pieces")) {
    for (JsonReader& piece : reader.objects("pieces", style::kMaxSavedPieces)) {
      const std::string item = piece.optional_text("item_id");
      const std::string garment = piece.optional_text("garment_id");
      piece.reject_unknown_keys();
      ids.emplace_back(item, garment);
    }
    fields.pieces.clear();
  }
  FIT_CHECK(reader.finish());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    FIT_TRY(const style::SavedPiece piece,
            parse_piece(fit::format("pieces[{}]", i), ids[i].first, ids[i].second));
    fields.pieces.push_back(piece);
  }
  return style::check_saved_outfit(std::move(fields));
}

}  // namespace fit::http

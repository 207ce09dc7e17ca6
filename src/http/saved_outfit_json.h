#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json.h"
#include "domain/records.h"
#include "http/principal.h"
#include "http/tenant_snapshot.h"
#include "style/saved/saved_outfit.h"
#include "style/wardrobe/garment.h"

namespace fit::http {

// What the pieces of saved outfits are. What is missing here is gone, as far as the reader may know.
struct KnownPieces {
  std::unordered_map<ItemId, domain::ItemRecord> items = {};
  std::unordered_map<style::GarmentId, style::Garment> garments = {};

  bool contains(const style::SavedPiece& piece) const;
  std::string name_of(const style::SavedPiece& piece) const;
  std::optional<style::Slot> slot_of(const style::SavedPiece& piece,
                                     const ontology::Ontology& ontology) const;
};

// Reads the items of the outfits that `is_shown`, and their garments that are the user's. `tenant.labels`
// must not be null. Blocks.
Result<KnownPieces> known_pieces(const TenantSnapshot& tenant, std::int64_t user,
                                 std::span<const style::SavedOutfit> outfits,
                                 const std::function<bool(const domain::Listing&)>& is_shown);

// Outfits with what the caller, whose outfits they are, may see of their pieces.
Result<std::vector<Json>> saved_outfits_json(const TenantSnapshot& tenant, const Principal& caller,
                                             std::span<const style::SavedOutfit> outfits);

// The address by which everybody reads an outfit; empty for one that is not shared.
std::string shared_outfit_address(const style::SavedOutfit& outfit, std::string_view tenant);

// An outfit as everybody reads it who has the link.
Json shared_outfit_json(const style::SavedOutfit& outfit, const KnownPieces& known,
                        const ontology::Ontology& ontology, std::string_view tenant);

// Sets what the body of POST or PATCH gives, and leaves the rest of `fields`: a member that is null empties
// its field. The errors of check_saved_outfit(); kInvalid naming the member for a wrong type or an unknown
// member.
Result<style::SavedOutfitFields> apply_saved_outfit(style::SavedOutfitFields fields, const Json& body);

}  // namespace fit::http

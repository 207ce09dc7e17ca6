#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "domain/properties.h"
#include "domain/property_origin.h"
#include "ontology/ontology.h"
#include "style/outfits/outfit_category.h"

namespace fit::style {

using GarmentId = Id<struct GarmentTag>;

// What can be done with a garment now.
enum class GarmentState : std::uint8_t { kReady, kInTheWash, kLent, kRetired };
inline constexpr std::array<std::string_view, 4> kGarmentStates = {"ready", "in_the_wash", "lent", "retired"};
std::string_view to_string(GarmentState state);
// kInvalid naming "state".
Result<GarmentState> parse_garment_state(std::string_view text);

inline constexpr std::size_t kMaxGarmentPhotos = 10;
inline constexpr std::size_t kMaxGarmentTags = 20;

// The value of a property of which the person says that the garment has none.
inline constexpr std::string_view kNoValue = "-";

// What a person says about a garment. An empty text means that nothing was said.
struct GarmentFields {
  std::string name = {};
  std::string brand = {};
  std::string size = {};
  std::optional<double> price = {};  // that the person has paid, in major units of `currency`
  std::string currency = {};         // ISO 4217, upper case
  std::string bought_on = {};        // a date, "2026-03-01"
  std::string notes = {};
  std::string care = {};
  std::vector<std::string> tags = {};
  GarmentState state = GarmentState::kReady;
  domain::Properties stated = {};  // values of the ontology, or kNoValue
  bool cutout = false;             // whether its photos are shown without their background

  friend bool operator==(const GarmentFields&, const GarmentFields&) = default;
};

// A photo of a garment: an asset by its id.
struct GarmentPhoto {
  std::int64_t asset = 0;
  bool is_sent = false;  // whether it came with the garment, and goes with it

  friend bool operator==(const GarmentPhoto&, const GarmentPhoto&) = default;
};

// A garment that is to be stored.
struct GarmentDraft {
  GarmentFields fields = {};
  std::vector<GarmentPhoto> photos = {};
};

// A stored garment.
struct Garment {
  GarmentId id = {};
  GarmentFields fields = {};
  std::vector<GarmentPhoto> photos = {};  // whose assets exist, in order
  domain::Properties seen = {};           // what the models see on the first photo that has been worked on
  std::int64_t wears = 0;                 // days on which it was worn
  std::string last_worn_on = {};          // empty: never
  std::vector<std::string> worn_on = {};  // the days, in order, where they were asked for
  std::optional<ItemId> item = {};        // the listing that was made of it
  Timestamp created_at = {};
  Timestamp updated_at = {};

  // What the person states comes first, then what the name and the tags say, then what the models see. The
  // origin kSeller stands for the person, also beside a value that is empty because the garment has none.
  domain::Properties properties = {};
  domain::PropertyOrigins origins = {};
  std::optional<Slot> slot = {};  // nullopt: no piece of an outfit, or not known

  // The price divided by the wears; nullopt without either.
  std::optional<double> cost_per_wear() const;
};

// Returns the fields in the form in which they are stored: without blanks at the ends, with values of the
// ontology. kInvalid naming the field, "properties.NAME" for a property.
Result<GarmentFields> check_garment(GarmentFields fields, const ontology::Ontology& ontology);

// Returns the date, "2026-03-01". kInvalid naming `field` for another text.
Result<std::string> check_date(std::string_view field, std::string_view text);
// As above; kInvalid also for a date after that of `time` everywhere on Earth.
Result<std::string> check_past_date(std::string_view field, std::string_view text, Timestamp time);

// Fills `properties`, `origins` and `slot` from the other members.
void describe_garment(Garment& garment, const ontology::Ontology& ontology);

// Which garments are listed.
struct GarmentFilter {
  std::optional<Slot> slot = {};
  std::string category = {};  // a value of the property category; empty: any
  std::string color = {};     // the primary or the secondary one; empty: any
  std::optional<GarmentState> state = {};
  std::string text =
      {};  // in the name, brand, size, notes, care or a tag, without regard to case and accents
  bool never_worn = false;
};
bool matches(const Garment& garment, const GarmentFilter& filter);

}  // namespace fit::style

#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "domain/records.h"
#include "domain/vectors.h"
#include "ingest/assets/asset_changes.h"
#include "ingest/clusters/cluster_assigner.h"
#include "ingest/clusters/cluster_batch.h"
#include "ingest/clusters/cluster_rows.h"
#include "store/catalogue.h"

// How the clusters follow the changes of assets. Functions block; their errors are those of the store and of
// the assigner.
namespace fit::ingest {

// What has changed of assets, as one state of the database has it.
struct ChangedAssets {
  std::vector<AssetId> ids = {};         // in the order of the changes
  std::int64_t position = 0;             // of the last change
  std::vector<AssetImages> assets = {};  // without the items that are gone
  std::vector<FrameVector> vectors = {};
  std::vector<ClusterMember> members = {};
};
// Reads up to 128 changes after those that the clusters have reached, none of them above `last`.
Result<ChangedAssets> read_changed_assets(sql::SqlConnection& connection, const ClusterState& state,
                                          std::int64_t space_id, std::int64_t last);

// Places images of assets that are no item, and takes out those that are gone. Where an item was made of an
// asset, its images take the places of those of the asset, with what people have said of them.
Result<ClusterBatch> follow_assets(store::Catalogue& store, const ClusterState& state,
                                   const ChangedAssets& changed, ClusterAssigner& assigner,
                                   const std::stop_token& stop);

// A vector of a frame as that of an image.
domain::ImageVector image_vector(FrameVector vector);

// Items, and assets as items that have nothing but images with perceptual hashes.
Result<std::vector<domain::ItemRecord>> read_owners(store::Catalogue& store, std::span<const ItemId> owners);

}  // namespace fit::ingest

#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/age_keys.h"
#include "base/clock.h"
#include "base/result.h"
#include "blobs/file_tree.h"
#include "catalog/backup.h"
#include "catalog/backup_series.h"

// A series of backups in a bucket, or encrypted in a folder. Each has the files of a backup in a folder
// (back_up()), below a folder named by its time. Encrypted ones are files of age (base/age_file.h) with
// ".age" after the name, so that `age` or this program makes a plain backup of them again. The manifest is
// written last and removed first: a folder without one is no backup.
namespace fit::catalog {

// Where the backups are, and the keys for them.
struct BackupVault {
  blobs::FileTree& tree;
  std::vector<AgeRecipient> recipients = {};  // to which new backups are encrypted; empty: they are not
  std::vector<AgeIdentity> identities = {};   // that decrypt backups
};

// A complete backup of a vault.
struct VaultBackup {
  std::string name;  // of its folder: series_name()
  Timestamp made_at;
  bool is_encrypted = false;
};

// The backups of a vault, from the oldest to the latest. Errors of FileTree.
Result<std::vector<VaultBackup>> list_vault(const blobs::FileTree& tree);

// What back_up_to_vault() has done.
struct VaultReport {
  BackupReport backup;
  std::string name;                  // of the new backup
  std::vector<std::string> removed;  // the backups that the rule does not keep
};

// Makes a backup in the vault, and then removes what `rule` does not keep; null: nothing. `place.folder` is
// an existing folder of this machine with space for a copy of the database; images are sent from where they
// are, several at a time, in pieces. The remains of interrupted calls are removed first. After a failure no
// backup was removed, and the new one is none. kConflict while another process does the same; the errors of
// back_up() and FileTree. Blocks.
Result<VaultReport> back_up_to_vault(const BackupVault& vault, const BackupLocations& place,
                                     const KeepRule* rule, const BackupOptions& options,
                                     const std::stop_token& stop);

// What the manifest of a backup says. kNotFound; kMalformed; kForbidden naming "--identity" when it is
// encrypted to none of the vault's identities; the errors of FileTree.
Result<BackupReport> describe_vault_backup(const BackupVault& vault, const VaultBackup& backup);

// Restores a backup as restore_backup() does, with its checks. `place.folder` is an existing folder of this
// machine with space for a copy of the database and for the largest image. Errors of describe_vault_backup()
// and restore_backup(). Blocks.
Result<BackupReport> restore_from_vault(const BackupVault& vault, const VaultBackup& backup,
                                        const BackupLocations& place, const BackupOptions& options,
                                        const std::stop_token& stop);

}  // namespace fit::catalog

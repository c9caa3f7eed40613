// Bulk writes into RocksDB: sorted files made beside the database and taken in by one step.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/bulk_order.h"
#include "storage/store.h"
#include "storage/value_cache.h"
#include "storage/write_latch.h"

namespace daftar::storage {

// Removes what interrupted bulk writers left in the database directory.
// Requires: the database is locked for this process. Errors: Unavailable.
absl::Status RemoveStaleBulkFolders(const std::filesystem::path& directory);

class RocksBulkWriter final : public BulkWriter {
 public:
  // Makes its folder in `directory`, with `number` in its name. Errors: Unavailable,
  // ResourceExhausted. Lifetime: the writer must go before `database`, `values` (null: none) and
  // `latch`.
  static absl::StatusOr<std::unique_ptr<BulkWriter>> Create(rocksdb::DB& database,
                                                            ValueCache* values, WriteLatch& latch,
                                                            const std::filesystem::path& directory,
                                                            uint64_t number);
  ~RocksBulkWriter() override;

  absl::Status Put(std::string_view key, std::string_view value) override;
  absl::Status Delete(std::string_view key) override;
  absl::Status Finish() override;
  absl::StatusOr<std::unique_ptr<BulkWriter>> NewPart() override;

 private:
  // A file that was written, and what lies in it.
  struct File {
    std::string path;
    std::string first_key;
    std::string last_key;

    std::string_view kind() const;
  };

  // `whole`: what this is a part of; null: of none. `number` is that of the part.
  RocksBulkWriter(rocksdb::DB& database, ValueCache* values, WriteLatch& latch,
                  std::filesystem::path folder, RocksBulkWriter* whole, int number);

  absl::Status OpenFile(std::string_view first_key);
  absl::Status CloseFile(std::string last_key);
  // Checks order and state, and has a file open with room for the key.
  absl::Status Prepare(std::string_view key);
  // Puts the files in order. Errors: Internal when two overlap.
  absl::Status SortFiles();
  absl::Status Ingest();
  // Returns `status`, remembering an error so that Finish() refuses.
  absl::Status Remember(absl::Status status);

  rocksdb::DB& database_;
  ValueCache* const values_;  // null: there is none
  WriteLatch& latch_;
  const std::filesystem::path folder_;
  const rocksdb::Options options_;
  std::unique_ptr<rocksdb::SstFileWriter> file_;
  RocksBulkWriter* const whole_;
  const int number_;
  int parts_ = 0;
  std::vector<File> files_;       // of its own; the last one may be open
  std::vector<File> part_files_;  // of parts that are finished
  BulkOrder order_;
  absl::Status failure_;
};

}  // namespace daftar::storage

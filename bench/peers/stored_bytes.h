// The keys and values of a closed database of Daftar, for peers that hold the same bytes.
#pragma once

#include <capnp/common.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/permits.h"

namespace daftar::bench {

// Reads them in the order of the keys, a chunk in memory at a time, so that who writes them
// elsewhere can be measured without the reading. Lifetime: nobody may write the database meanwhile.
class StoredBytes {
 public:
  using Chunk = std::vector<std::pair<std::string, std::string>>;

  explicit StoredBytes(const std::filesystem::path& database);
  ~StoredBytes();

  // Replaces `chunk` by the next pairs, at least one; false at the end.
  bool Next(Chunk* chunk);

 private:
  class Inside;
  std::unique_ptr<Inside> inside_;
};

// Where the records of permits stand among such keys, and what is in their values: docs/format.md,
// sections 1 to 4.
class StoredPermits {
 public:
  // Finds out by asking for the first permit: `has` says whether there is a key.
  template <typename F>
  void Find(F&& has) {
    for (char table = 1; table < 64; ++table) {
      prefix_ = {'\x02', table};
      if (has(KeyOf("P00000000"))) return;
    }
    prefix_.clear();
  }
  bool found() const { return !prefix_.empty(); }
  std::string KeyOf(std::string_view no) const;
  // Decodes the value of a record and takes in the five fields of a permit. Not thread-safe.
  void AddFieldsOf(std::string_view value, Digest* digest);

 private:
  std::string prefix_;
  std::vector<capnp::word> aligned_;
};

}  // namespace daftar::bench

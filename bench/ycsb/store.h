// A store that YCSB's operations run on. Every commit is buffered: power loss takes the newest
// ones.
#pragma once

#include <array>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "bench/permits.h"

namespace daftar::bench::ycsb {

inline constexpr size_t kFields = 10;
using Fields = std::array<std::string, kFields>;

class Store {
 public:
  virtual ~Store() = default;
  virtual std::string_view name() const = 0;

  virtual void Insert(const std::string& key, const Fields& fields) = 0;
  // All fields of a record.
  virtual void Read(const std::string& key, Digest* digest) = 0;
  // Replaces one field.
  virtual void Update(const std::string& key, size_t field, const std::string& value) = 0;
  // All fields of up to `records` records from a key on.
  virtual void Scan(const std::string& key, int records, Digest* digest) = 0;
};

// What a program looks at in a field: its length and how it begins. All of it would take longer
// than to read it.
inline void AddField(std::string_view field, Digest* digest) {
  int64_t begin = 0;
  std::memcpy(&begin, field.data(), std::min(field.size(), sizeof begin));
  digest->Add(begin ^ static_cast<int64_t>(field.size()));
}

// Empty stores, with files in `folder`.
std::unique_ptr<Store> NewDaftarStore(const std::filesystem::path& folder, size_t cache_bytes);
std::unique_ptr<Store> NewSqliteStore(const std::filesystem::path& folder, size_t cache_bytes);
std::unique_ptr<Store> NewRocksStore(const std::filesystem::path& folder, size_t cache_bytes);
std::unique_ptr<Store> NewLmdbStore(const std::filesystem::path& folder);

}  // namespace daftar::bench::ycsb

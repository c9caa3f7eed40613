// A database under measurement. All of them hold the same permits under the same four indexes and
// answer the same questions; whatever fails ends the program with a message.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "bench/permits.h"

namespace daftar::bench {

class Engine {
 public:
  virtual ~Engine() = default;

  // What the database was set to, for the log.
  virtual std::string Settings() const = 0;
  // Brings in the file of WriteCsv in one synced transaction.
  virtual void Load(const std::filesystem::path& csv) = 0;
  // One transaction that survives power loss when it returns.
  virtual void Insert(const Permit& permit) = 0;
  // Somebody who inserts the same way beside others, from a thread of their own. Lifetime: must go
  // before the engine.
  class Writer {
   public:
    virtual ~Writer() = default;
    virtual void Insert(const Permit& permit) = 0;
  };
  virtual std::unique_ptr<Writer> NewWriter() = 0;
  // How many permits there are.
  virtual uint64_t Count() = 0;
  // The five fields no, firm, state, validTo, areaSquareMetres.
  virtual void Get(std::string_view no, Digest* digest) = 0;
  // The same five fields by an index on (zone, validTo) that does not hold them all.
  virtual void Range(const RangeQuestion& question, Digest* digest) = 0;
  // validTo and firm, which that index holds.
  virtual void CoveredRange(const RangeQuestion& question, Digest* digest) = 0;
  // no and areaSquareMetres, by reading every permit.
  virtual void Scan(const ScanQuestion& question, Digest* digest) = 0;
};

// An empty database in `folder`, which exists.
std::unique_ptr<Engine> NewDaftar(const std::filesystem::path& folder);
std::unique_ptr<Engine> NewSqlite(const std::filesystem::path& folder);

// Of cache, for every engine.
inline constexpr size_t kMemoryBytes = size_t{128} << 20;

}  // namespace daftar::bench

// A database under measurement. All peers hold the same registry and answer the same questions,
// each in the way that is fastest for it; whatever fails ends the program with a message.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "bench/permits.h"
#include "bench/registry.h"

namespace daftar::bench {

// Of cache, for every peer that has one, unless stated otherwise.
inline constexpr size_t kCacheBytes = size_t{128} << 20;

// What has happened when a commit returns: it survives power loss, or it survives the end of the
// process, and power loss takes the newest commits at most.
enum class Safety { kSynced, kBuffered };

// Somebody who inserts permits, each in a transaction of its own, from one thread beside others.
// Lifetime: must go before its peer.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual void Insert(const Permit& permit) = 0;
};

class Peer {
 public:
  virtual ~Peer() = default;

  virtual std::string_view name() const = 0;
  // What it is set to, for the log.
  virtual std::string Settings() const = 0;

  // Makes the database anew with all of the dataset, durable and closed at the end. Gives the
  // seconds that it took.
  virtual double Load(const Dataset& dataset) = 0;
  // Of what Load made. Requires for all below: it is open.
  virtual void Open() = 0;
  virtual void Close() = 0;

  // Null when it is not asked to write.
  virtual std::unique_ptr<Writer> NewWriter(Safety) { return nullptr; }
  // How many permits there are.
  virtual uint64_t Count() { return 0; }

  // Questions. False when the peer is not asked this one.
  // The five fields no, firm, state, validTo, areaSquareMetres.
  virtual bool Get(std::string_view /*no*/, Digest*) { return false; }
  // The same five fields by an index on (zone, validTo) that does not hold them all, in its order.
  virtual bool Range(const RangeQuestion&, Digest*) { return false; }
  // The first 50 of them from `from` on, without an end.
  virtual bool Page(const RangeQuestion&, Digest*) { return false; }
  // validTo and firm, which that index holds.
  virtual bool CoveredRange(const RangeQuestion&, Digest*) { return false; }
  // no and areaSquareMetres, by reading every permit.
  virtual bool Scan(const ScanQuestion&, Digest*) { return false; }
  // How many permits of which area there are by zone and state. Daftar keeps these totals.
  virtual bool KeptGroups(Digest*) { return false; }
  // The same by kind, in SQL, which nobody keeps.
  virtual bool Groups(Digest*) { return false; }
  // no, name of the firm and name of the zone of the permits of a range, in SQL.
  virtual bool Join(const RangeQuestion&, Digest*) { return false; }
};

// Each keeps its files in `folder`, which need not exist.
std::unique_ptr<Peer> NewDaftarPeer(const std::filesystem::path& folder, size_t cache_bytes);
std::unique_ptr<Peer> NewSqlitePeer(const std::filesystem::path& folder, size_t cache_bytes);
// These are loaded with the keys and values that a closed database of Daftar in `daftar` has.
std::unique_ptr<Peer> NewRocksPeer(const std::filesystem::path& folder, size_t cache_bytes,
                                   const std::filesystem::path& daftar);
std::unique_ptr<Peer> NewLmdbPeer(const std::filesystem::path& folder,
                                  const std::filesystem::path& daftar);
// By the shared library `library`. For analytics only.
std::unique_ptr<Peer> NewDuckPeer(const std::filesystem::path& folder,
                                  const std::filesystem::path& library);

// Where the peer of Daftar in `folder` has its database.
inline std::filesystem::path DaftarFiles(const std::filesystem::path& folder) {
  return folder / "daftar";
}

}  // namespace daftar::bench

// Finds cycles among transactions that must have come before one another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace daftar::torture {

// Why one transaction came before another.
enum class EdgeKind : uint8_t {
  kWriteWrite,          // the other replaced its write
  kWriteRead,           // the other read its write
  kPredicateWriteRead,  // the other's scan saw what it had inserted or moved in, or no longer saw
  kReadWrite,           // the other replaced what it had read
  kPredicateReadWrite,  // the other inserted, moved or deleted what its scan had gone over
  kTime,                // it had returned before the other began
};

struct Edge {
  uint32_t from = 0;
  uint32_t to = 0;
  EdgeKind kind = EdgeKind::kTime;
  uint32_t object = 0;  // the list or item
};

// When a transaction began and returned.
struct Span {
  uint64_t begin = 0;
  uint64_t end = 0;
};

struct Cycle {
  std::vector<Edge> edges;  // each begins where the one before ends
  // By Adya's names: "G0", "G1c", "G-single", "G2-item", "G2"; with "-realtime" when time is part
  // of it.
  const char* name = "";
};

// Short cycles, at most one of each strongly connected component and at most `cycles_max`: first
// those of writes only, else those with reads, else those with anti-dependencies, else those with
// time. Transactions without edges and spans of {0, UINT64_MAX} are never part of one.
std::vector<Cycle> FindCycles(const std::vector<Edge>& edges, const std::vector<Span>& spans,
                              size_t cycles_max);

}  // namespace daftar::torture

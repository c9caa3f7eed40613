// Ids of the annotations that schema/daftar.capnp declares; Cap'n Proto generates no constants for
// annotations. RecordTest compares them with the file.
#pragma once

#include <cstdint>

namespace daftar::record {

inline constexpr uint64_t kTableAnnotation = 0xd5d4bc7d3a1c9e02;
inline constexpr uint64_t kIndexAnnotation = 0xd5d4bc7d3a1c9e04;
inline constexpr uint64_t kDateAnnotation = 0xd5d4bc7d3a1c9e06;
inline constexpr uint64_t kInstantAnnotation = 0xd5d4bc7d3a1c9e07;
inline constexpr uint64_t kDecimalAnnotation = 0xd5d4bc7d3a1c9e08;
inline constexpr uint64_t kJsonAnnotation = 0xd5d4bc7d3a1c9e09;
inline constexpr uint64_t kAggregateAnnotation = 0xd5d4bc7d3a1c9e0a;
inline constexpr uint64_t kPointAnnotation = 0xd5d4bc7d3a1c9e20;
inline constexpr uint64_t kMoneyAnnotation = 0xd5d4bc7d3a1c9e0c;

}  // namespace daftar::record

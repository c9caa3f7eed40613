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
inline constexpr uint64_t kSearchAnnotation = 0xd5d4bc7d3a1c9e50;
inline constexpr uint64_t kPointAnnotation = 0xd5d4bc7d3a1c9e20;
inline constexpr uint64_t kMoneyAnnotation = 0xd5d4bc7d3a1c9e0c;
inline constexpr uint64_t kReferenceAnnotation = 0xd5d4bc7d3a1c9e0e;
inline constexpr uint64_t kCheckAnnotation = 0xd5d4bc7d3a1c9e10;
inline constexpr uint64_t kExclusiveAnnotation = 0xd5d4bc7d3a1c9e12;
inline constexpr uint64_t kSumsToAnnotation = 0xd5d4bc7d3a1c9e14;
inline constexpr uint64_t kLifecycleAnnotation = 0xd5d4bc7d3a1c9e16;
inline constexpr uint64_t kPowersAnnotation = 0xd5d4bc7d3a1c9e1a;
inline constexpr uint64_t kIdentifierAnnotation = 0xd5d4bc7d3a1c9e1f;
inline constexpr uint64_t kExtendsAnnotation = 0xd5d4bc7d3a1c9e1e;
inline constexpr uint64_t kDecisionsAnnotation = 0xd5d4bc7d3a1c9e1c;

}  // namespace daftar::record

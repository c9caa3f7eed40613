// Runs a history again on plain maps, one transaction after the other, and compares what was read.
// Knows nothing of edges and cycles: a check of the checker, and stricter, as it takes the engine
// at its word about the order.
#pragma once

#include <cstddef>

#include "torture/findings.h"
#include "torture/history.h"

namespace daftar::torture {

// What the engine promises: a transaction that wrote has run alone as commit number `version`; what
// it read before that was the state of `begun_at`, with its own writes; every other one, aborted
// ones and views too, has read that state. A code is never held by two items.
// Findings: "replay", "replay of the beginning", "code held twice". Gives how many reads were
// compared.
size_t Replay(const History& history, Findings* findings);

}  // namespace daftar::torture

// Commits per second of one writer or many.
#pragma once

#include <cstdint>

#include "bench/peers/peer.h"

namespace daftar::bench {

// Each of `writers` threads inserts one permit after the other for `seconds`, each in a transaction
// of its own, from `*next` on, which moves behind the last one. Requires: *next >= dataset.permits,
// and nobody else inserts these.
double CommitsPerSecond(Peer& peer, const Dataset& dataset, Safety safety, int writers,
                        double seconds, uint64_t* next);

}  // namespace daftar::bench

#include "txn/table_walk.h"

#include <algorithm>
#include <string>
#include <thread>

#include "codec/key.h"
#include "codec/keyspace.h"

namespace daftar::txn {
namespace {

// For how long it rests, as a multiple of what the range took; and at most.
constexpr int kRestFactor = 1;
constexpr std::chrono::milliseconds kRestMax(20);

}  // namespace

double FractionBefore(const Core& core, TableId table, std::string_view next_key) {
  const std::string prefix = codec::RecordPrefix(table);
  if (next_key.empty()) return 0;
  const std::string end = codec::PrefixEnd(prefix);
  if (next_key >= end) return 1;
  const auto all = core.store().ApproximateBytes({prefix, end});
  const auto rest = core.store().ApproximateBytes({std::string(next_key), end});
  if (!all.ok() || !rest.ok() || *all == 0) return 0;
  return 1 - std::min(1.0, static_cast<double>(*rest) / static_cast<double>(*all));
}

void RestAfterRange(const Core& core, CommitVersion seen,
                    std::chrono::steady_clock::time_point begun) {
  if (core.View().version == seen) return;
  const auto took = std::chrono::steady_clock::now() - begun;
  std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(kRestFactor * took, kRestMax));
}

}  // namespace daftar::txn

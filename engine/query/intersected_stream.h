// What several scans that all come in the order of the primary key have in common.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "query/entry_stream.h"

namespace daftar::query {

// One of the scans.
struct IntersectedEntries {
  std::unique_ptr<SeekingStream> entries;
  std::string prefix;  // of their keys; the primary key follows
};

// After so many entries of one scan that come before the place where another stands, the rest is
// looked for: that takes as long as to pass so many, about.
inline constexpr size_t kPassedEntriesMax = 8;

// Gives those entries of the first scan whose primary key each of the others has, too. `passes`:
// whether entries may be walked over that need not be read; otherwise each place is looked for, so
// that nothing is read that the result does not depend on.
std::unique_ptr<EntryStream> NewIntersectedStream(std::vector<IntersectedEntries> scans,
                                                  bool reverse, bool passes);

}  // namespace daftar::query

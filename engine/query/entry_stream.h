// The entries of a plan, one after the other, in the order in which it scans.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "query/plan.h"
#include "storage/reader.h"

namespace daftar::query {

enum class StreamStep {
  kEntry,    // there is an entry
  kNothing,  // something was read, but which entry is next is not known yet
  kEnd,
};

// Reads at most one entry of the store a step, so that a limit can be kept to the entry.
// Lifetime: must end before its reader and plan. Thread safety: none.
class EntryStream {
 public:
  virtual ~EntryStream() = default;
  // Errors: DataLoss, Unavailable; not to be called again then.
  virtual absl::StatusOr<StreamStep> Next() = 0;
  // Requires: the last Next() gave kEntry. Lifetime: until the next call.
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
};

// Counts what it reads in `entries_read`. Errors: InvalidArgument when the place that the query
// goes on after does not fit the plan.
absl::StatusOr<std::unique_ptr<EntryStream>> NewEntryStream(const storage::Reader& reader,
                                                            const Plan& plan,
                                                            uint64_t* entries_read);

}  // namespace daftar::query

// What is known of the entries of an index, or of the records of a table, since they were last
// analyzed. Planners estimate with it; no answer depends on it. docs/format.md section 16 has the
// bytes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/ids.h"

namespace daftar::index {

struct Statistics {
  // A place in the order: how many entries come before `key`, which is without the index's prefix
  // and may be cut.
  struct Bound {
    std::string key;
    uint64_t entries_before = 0;
    friend bool operator==(const Bound&, const Bound&) = default;
  };

  CommitVersion version;  // the state that was analyzed
  uint64_t entries = 0;
  // How many different values the first term has, the first two together, and so on.
  std::vector<uint64_t> distinct;
  // Equi-depth: about as many entries between two bounds as between two others. The first has none
  // before it.
  std::vector<Bound> bounds;

  friend bool operator==(const Statistics&, const Statistics&) = default;
};

// Of all indexes and tables that were analyzed.
struct AllStatistics {
  std::map<IndexId, Statistics> indexes;
  std::map<TableId, Statistics> tables;
};

// Takes keys without their prefix, in order. Holds little however many there are.
// Thread safety: none.
class StatisticsBuilder {
 public:
  // `terms`: of the index or the primary key, which keys begin with.
  explicit StatisticsBuilder(const std::vector<catalog::Term>& terms);

  // Errors: DataLoss when the key does not begin with the terms.
  absl::Status Add(std::string_view key);
  Statistics Finish(CommitVersion version) &&;

 private:
  void AddBound(std::string_view key);

  const std::vector<codec::KeyPart> parts_;
  Statistics statistics_;
  uint64_t depth_ = 1;  // entries between two bounds
  std::string last_;
  std::vector<size_t> last_ends_;  // of the terms in `last_`
};

// About how many entries lie in [lower, upper), which are without the prefix; an empty `upper` is
// the end. `held_terms`: so many leading terms have one value in all of the range, and when
// `is_point` nothing else bounds it.
double EstimateEntries(const Statistics& statistics, std::string_view lower, std::string_view upper,
                       size_t held_terms, bool is_point);

// Under which key they are stored.
std::string StatisticsKey(IndexId index);
std::string StatisticsKey(TableId table);
// Everything that is stored so, for which the two above are.
std::vector<std::string> StatisticsPrefixes();

std::string EncodeStatistics(std::string_view key, const Statistics& statistics);
// Errors: DataLoss when the bytes do not verify; FailedPrecondition when their format is newer.
absl::StatusOr<Statistics> DecodeStatistics(std::string_view key, std::string_view value);

// The table or index of a StatisticsKey; one of the two is zero. Errors: DataLoss.
struct StatisticsOwner {
  TableId table;
  IndexId index;
};
absl::StatusOr<StatisticsOwner> ParseStatisticsKey(std::string_view key);

}  // namespace daftar::index

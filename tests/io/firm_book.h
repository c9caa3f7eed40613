// A database of firms with a past, whose store is open to damage.
#pragma once

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "codec/keyspace.h"
#include "daftar/maintenance.h"
#include "storage/backend.h"
#include "txn/core.h"
#include "txn/firm_table.h"

namespace daftar::testing {

class FirmBook {
 public:
  explicit FirmBook(std::unique_ptr<txn::Core> core) : core_(std::move(core)) {}
  // A book after random commits.
  FirmBook(std::mt19937* random, int commits);

  txn::Core* core() const { return core_.get(); }
  // As CommitRandomFirms.
  void CommitRandom(std::mt19937* random);

  VerifyReport Verify(bool repair = false) const;
  Model Contents() const { return testing::Contents(core_->store()); }
  // All keys of a space.
  std::vector<std::string> Keys(codec::Space space) const;
  std::string Value(const std::string& key) const;
  // Makes `key` hold `value`, or nothing, past all rules.
  void Plant(const std::string& key, const std::optional<std::string>& value);
  // Makes the store hold `contents`, and nothing else.
  void Restore(const Model& contents);

 private:
  std::unique_ptr<txn::Core> core_;
};

// The kinds of the listed problems, in order, each once; and all that they say.
std::vector<ProblemKind> KindsOf(const VerifyReport& report);
std::string Described(const VerifyReport& report);

}  // namespace daftar::testing

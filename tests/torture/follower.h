// The accounts that `beside` moves money between, and the process that adds them up meanwhile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "daftar/database.h"

namespace daftar::torture {

// A database of accounts in `folder`. Errors: those of Database.
absl::StatusOr<std::unique_ptr<Database>> MakeAccounts(const std::filesystem::path& folder);
// Moves a random amount between two accounts. Errors: those of Transaction.
absl::Status MoveMoney(Transaction& transaction, uint64_t random);

// Follows the database in `folder` and checks one state after the other until a file `stop` appears
// there; then adds its counts to a file beside it. Gives an exit code of its process. `plant`:
// "read-two-states" adds up the first half from one state and the second from a later one.
int RunFollower(const std::filesystem::path& folder, const std::string& plant);

struct FollowerCounts {
  uint64_t states = 0;
  uint64_t violations = 0;
  double lag_p99_ms = 0;
  double lag_max_ms = 0;
};
// What all followers of the folder have counted.
FollowerCounts ReadFollowerCounts(const std::filesystem::path& folder);

}  // namespace daftar::torture

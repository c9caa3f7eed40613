// A closed database with a known past, for others to damage copies of it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "torture/model.h"

namespace daftar::torture {

struct PrepareOptions {
  uint64_t seed = 0;
  // The database is opened and closed so often, after so many commits each; those of the last
  // session, which loads nothing in bulk, stay in the log, those before have moved to data files.
  std::vector<uint64_t> commits;
  WorkloadOptions workload = {};
};

class PreparedLedger {
 public:
  // Makes it in `folder`, in child processes. Errors: those of the engine.
  absl::Status Prepare(const std::filesystem::path& folder, const PrepareOptions& options);

  const Model& model() const { return model_; }
  Model& mutable_model() { return model_; }
  std::filesystem::path directory() const { return folder_ / "db"; }
  // The directory as it was after each session but the last.
  const std::vector<std::filesystem::path>& older() const { return older_; }
  // The names of its files, sorted.
  std::vector<std::string> Files() const;
  // Makes `directory` a copy of the database.
  void CopyTo(const std::filesystem::path& directory) const;

 private:
  absl::Status RunSession(uint64_t session, uint64_t commits, const PrepareOptions& options);

  std::filesystem::path folder_;
  std::vector<std::filesystem::path> older_;
  Model model_;
};

}  // namespace daftar::torture

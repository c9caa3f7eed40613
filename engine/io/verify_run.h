// What the checks of one verification share: the state they look at, and what they have found.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "catalog/catalog.h"
#include "daftar/maintenance.h"
#include "io/entry_spans.h"
#include "storage/external_sorter.h"
#include "storage/store.h"
#include "txn/core.h"
#include "txn/read_view.h"

namespace daftar::io {

// Thread safety: none.
class VerifyRun {
 public:
  // Whether others may write meanwhile: whoever holds a WriteLock says no.
  enum class Writers { kNone, kGoOn };

  // Looks at the newest state. Lifetime: `core` and `options` outlive the run.
  VerifyRun(txn::Core* core, Writers writers, std::filesystem::path spill_folder,
            const VerifyOptions& options)
      : core_(core),
        writers_(writers),
        view_(core->View()),
        fills_(view_.fills),
        spill_folder_(std::move(spill_folder)),
        options_(options) {}

  const txn::ReadView& view() const { return view_; }
  bool repairs() const { return options_.repair; }
  VerifyReport& report() { return report_; }

  // Reads once, so that the cache stays what it was.
  std::unique_ptr<storage::Iterator> Iterate(const storage::KeyRange& range) const;
  std::unique_ptr<storage::Iterator> IteratePrefix(std::string_view prefix) const;
  storage::SorterOptions NewSorterOptions(size_t memory_bytes_max) const;
  storage::ExternalSorter NewSorter(size_t memory_bytes_max) const;

  // Loads where histories begin; what is wrong with that is reported.
  void LoadHistoryStarts();
  // The first commit as of which `table` can be read; zero: as of all.
  CommitVersion HistoryStart(const catalog::TableDef& table) const;

  void Report(Problem problem);
  // Puts right what a problem was reported of: the value at `key`, or nothing. Does nothing unless
  // the run repairs. What commits may have written since is left as it is. Errors: those of
  // Store::Write.
  absl::Status Repair(std::string_view key, const std::optional<std::string>& value);
  absl::Status WriteRepairs();
  // Whether something was left so, and another run must look again.
  bool has_left_some() const { return has_left_some_; }

  // To be called for each record, version, entry and journal entry.
  void Progress();

 private:
  // What of `batch` is still to be put right.
  storage::Batch StillWrong(storage::Batch batch);

  txn::Core* const core_;
  const Writers writers_;
  const txn::ReadView view_;
  uint64_t fills_;  // up to which what is being built is known, but for what the run itself wrote
  const std::filesystem::path spill_folder_;
  const VerifyOptions& options_;
  txn::HistoryStarts starts_;
  VerifyReport report_;
  storage::Batch repairs_;
  bool has_left_some_ = false;
  uint64_t checked_ = 0;
};

}  // namespace daftar::io

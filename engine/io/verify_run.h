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
#include "txn/read_view.h"

namespace daftar::io {

// Thread safety: none.
class VerifyRun {
 public:
  // Lifetime: `store` and `options` outlive the run.
  VerifyRun(storage::Store* store, txn::ReadView view, std::filesystem::path spill_folder,
            const VerifyOptions& options)
      : store_(store),
        view_(std::move(view)),
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
  // the run repairs. Errors: those of Store::Write.
  absl::Status Repair(std::string_view key, const std::optional<std::string>& value);
  absl::Status WriteRepairs();

  // To be called for each record, version, entry and journal entry.
  void Progress();

 private:
  storage::Store* const store_;
  const txn::ReadView view_;
  const std::filesystem::path spill_folder_;
  const VerifyOptions& options_;
  txn::HistoryStarts starts_;
  VerifyReport report_;
  storage::Batch repairs_;
  uint64_t checked_ = 0;
};

}  // namespace daftar::io
